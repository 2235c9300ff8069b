import { writeAll } from "../services/writeAll";
import { recordEnd, recordStart } from "./ledger";
import type { NewRun, Outcome } from "./run";

/** The open row of a run in the ledger. */
export interface RunRecord {
  readonly id: number;
  close(outcome: Outcome): void;
}

/** Book-keeping never stops work: a ledger that cannot be written is told on stderr, and the command runs. */
export function openRecord(run: NewRun): RunRecord | undefined {
  try {
    const id = recordStart(run);
    return { id, close: (outcome) => closeRecord(run.name, id, outcome) };
  } catch (error) {
    tell(`this run of ${run.name} is not recorded: ${error.message}`);
    return undefined;
  }
}

function closeRecord(name: string, id: number, outcome: Outcome): void {
  try {
    recordEnd(id, outcome);
  } catch (error) {
    tell(`how this run of ${name} ended is not recorded: ${error.message}`);
  }
}

function tell(sentence: string): void {
  writeAll(2, `laju: ${sentence}\n`);
}
