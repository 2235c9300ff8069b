import { writeAll } from "../services/writeAll";
import { recordEnd, recordStart } from "./ledger";
import type { NewRun, Outcome } from "./run";

/** The open row of a run in the ledger. */
export interface RunRecord {
  readonly id: number;
  close(outcome: Outcome): void;
}

/** Why there is no row: the ledger cannot be written (which is told), or the slot has had its run. */
export type NoRecord = "not recorded" | "slot taken";

/** Book-keeping never stops work: a ledger that cannot be written is told on stderr, and the command runs. */
export function openRecord(run: NewRun): RunRecord | NoRecord {
  try {
    const id = recordStart(run);
    if (id === undefined) return "slot taken";
    return { id, close: (outcome) => closeRecord(run.name, id, outcome) };
  } catch (error) {
    tell(`this run of ${run.name} is not recorded: ${error.message}`);
    return "not recorded";
  }
}

function closeRecord(name: string, id: number, outcome: Outcome): void {
  try {
    recordEnd(id, outcome);
  } catch (error) {
    tell(`how this run of ${name} ended is not recorded: ${error.message}`);
  }
}

/** Says on stderr, which cron appends to the command's log, what went wrong beside the work. */
export function tell(sentence: string): void {
  writeAll(2, `laju: ${sentence}\n`);
}
