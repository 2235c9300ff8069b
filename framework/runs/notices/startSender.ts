import { existsSync } from "node:fs";
import { join } from "node:path";
import { environmentWith, paths } from "../../config/config";
import { require } from "../../config/require";

/**
 * Starts `laju notices:send` as a process of its own, which this one's end does not touch. Where it cannot be
 * started, the next `laju monitor` sends what waits.
 */
export function startSender(): void {
  const program = join(paths.build, "laju.js");
  if (!existsSync(program)) return;
  const { spawn } = require("node:child_process") as typeof import("node:child_process");
  const sender = spawn(process.execPath, [program, "notices:send"], {
    cwd: paths.root,
    detached: true,
    stdio: "ignore",
    // It is no part of this run, whose descendants may be ended with it.
    env: environmentWith({ LAJU_RUN: "", LAJU_ENTRY: "", LAJU_ATTEMPT: "" }),
  });
  sender.on("error", () => {}); // No memory, no process left: the monitor has it.
  sender.unref();
}
