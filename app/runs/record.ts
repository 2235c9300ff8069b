import { writeAll } from "../services/writeAll";
import { recordEnd, recordStart } from "./ledger";
import { isDamaged, moveDamagedLedger } from "./ledgerRepair";
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
    return insertRecord(run);
  } catch (error) {
    return afterRepair(run, error as Error);
  }
}

function insertRecord(run: NewRun): RunRecord | NoRecord {
  const id = recordStart(run);
  if (id === undefined) return "slot taken";
  return { id, close: (outcome) => closeRecord(run.name, id, outcome) };
}

function afterRepair(run: NewRun, error: Error): RunRecord | NoRecord {
  try {
    if (!isDamaged(error)) throw error;
    const aside = moveDamagedLedger();
    if (aside !== undefined)
      tell(`the ledger was damaged (${error.message}); it is kept as ${aside}, and a new one begins`);
    return insertRecord(run);
  } catch (last) {
    tell(`this run of ${run.name} is not recorded: ${last.message}`);
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
