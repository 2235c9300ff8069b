import { closeSync } from "node:fs";
import { logFileOf } from "../catalog/logFile";
import { openLog } from "../files/openFile";
import type { CommandFacts } from "../metadata/manifest";
import { spawnCommand } from "./spawnDetached";

/** Starts a command for a missed time as cron would have, with its log, without waiting for it. */
export function startDetached(command: Pick<CommandFacts, "name" | "log">, slot: number): void {
  const log = openLog(logFileOf(command));
  try {
    const child = spawnCommand(command.name, slot, ["ignore", log, log]);
    child.on("error", () => {}); // If the command cannot be started, the next `laju monitor` notices that no run was recorded.
    child.unref();
  } finally {
    closeSync(log);
  }
}
