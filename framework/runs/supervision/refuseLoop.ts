import { LajuError } from "../../config/errors";
import { warn } from "../../process/output";
import type { RunRecord } from "../ledger/record";
import { supervise } from "./supervise";

export interface RefusedStart {
  startedAt: number;
  /** Its record in the journal, if it has one. */
  record?: RunRecord | undefined;
  ping?: string | undefined;
}

/**
 * Ends a command that was started by itself, as a failed run: it would go on without end, or be skipped because of the
 * run that waits for it and then be taken for done. `names` are the commands that started each other, itself the last.
 */
export function refuseLoop(names: string[], { startedAt, record, ping }: RefusedStart): never {
  const name = names.at(-1) as string;
  const notifiable = record && { name, key: record.key, ping };
  const run = supervise({ name, startedAt, timeoutMs: null, record, notifiable, mark: "" });
  const message = `${name} is not run, because it was started by itself: ${names.join(" → ")}`;
  const hint = "A command may start other commands, and parts of itself by fork() or as Worker threads.";
  run.noteError(new LajuError(message, { code: "E_LOOP", hint }));
  warn(`${message}\n  ${hint}`);
  return run.exit(1);
}
