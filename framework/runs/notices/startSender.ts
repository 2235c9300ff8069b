import { existsSync } from "node:fs";
import { join } from "node:path";
import { environmentWith, paths } from "../../config/config";
import { require } from "../../config/require";

/**
 * Starts `laju notices:send` as a separate process that outlives this one. If it cannot be started, the next `laju monitor`
 * sends the notices.
 */
export function startSender(): void {
  const program = join(paths.build, "laju.js");
  if (!existsSync(program)) return;
  const { spawn } = require("node:child_process") as typeof import("node:child_process");
  const sender = spawn(process.execPath, [program, "notices:send"], {
    cwd: paths.root,
    detached: true,
    stdio: "ignore",
    // Clear the run's marks: otherwise the sender would be terminated with the run's descendants.
    env: environmentWith({ LAJU_RUN: "", LAJU_ENTRY: "", LAJU_ATTEMPT: "" }),
  });
  sender.on("error", () => {}); // The machine is out of memory or processes. The monitor will send the notices.
  sender.unref();
}
