import { LajuError } from "../../config/errors";
import { warn } from "../../process/output";
import type { RunRecord } from "../ledger/record";
import { supervise } from "./supervise";

export interface RefusedStart {
  startedAt: number;
  /** The run's record in the journal, if it has one. */
  record?: RunRecord | undefined;
  ping?: string | undefined;
}

/**
 * Ends a command that started itself as failed. Otherwise it would loop endlessly or, with a lock, be skipped because
 * of the run that waits for it, and so seem to succeed. `names` is the chain of commands that started each other and
 * ends with this command.
 */
export function refuseLoop(names: string[], { startedAt, record, ping }: RefusedStart): never {
  const name = names.at(-1) as string;
  const notifiable = record && { name, key: record.key, ping };
  const run = supervise({ name, startedAt, timeoutMs: null, record, notifiable, mark: "" });
  const message = `not running ${name}, because it started itself: ${names.join(" → ")}`;
  const hint = "A command may start other commands, and parts of itself with fork() or as Worker threads.";
  run.noteError(new LajuError(message, { code: "E_LOOP", hint }));
  warn(`${message}\n  ${hint}`);
  return run.exit(1);
}
