import { starterSettings } from "../../config/launch";
import { warn, withoutSecrets } from "../../process/output";
import { hostName, isAtTerminal, processIdentity } from "../../process/thisProcess";
import { mayHaveIncident } from "./incidentMarks";
import {
  appendToJournal,
  isSameJournal,
  type JournalStart,
  type NewRun,
  type Outcome,
  type PendingNotice,
} from "./journal";
import { ledger, withoutWaiting } from "./ledgerFile";
import { insertRun } from "./runRow";

/** A run that is being recorded. */
export interface RunRecord {
  /** Identifies the run in the journal and in log lines. */
  readonly key: string;
  close(outcome: Outcome): void;
}

/**
 * Why a run has no record: "not recorded" if writing it failed (which was reported), "slot taken" if there is already a
 * run for its scheduled time.
 */
export type NoRecord = "not recorded" | "slot taken";

/**
 * A run that finds the journal longer than this, in bytes, imports it, because nothing has read the ledger for a while.
 */
const unreadJournal = 1024 * 1024;

/** Records the start of a run. Failing to record never stops a run: it is reported on stderr, and the command runs. */
export function openRecord(run: NewRun): RunRecord | NoRecord {
  const key = starterSettings().key ?? newRunKey(run.startedAt);
  const start = { key, ...run, host: hostName(), pid: process.pid, process: processIdentity(process.pid) };
  try {
    const journal = written(start);
    if (journal === "slot taken") return journal;
    return {
      key,
      close(outcome) {
        // The journal was replaced, so write the start again: without it, readers could not import the end, and a
        // failure would go unnoticed.
        if (journal !== undefined && !isSameJournal(journal)) addToJournal(start);
        closeRecord(run.name, key, outcome);
      },
    };
  } catch (error) {
    warn(`this run of ${run.name} is not recorded: ${error.message}`);
    return "not recorded";
  }
}

/** A recorded run, and its command's ping URL, if there is one. */
export interface NotifiableRun {
  name: string;
  key: string;
  ping?: string | undefined;
}

/**
 * The notification due at the end of a run; usually none for a success without an open incident. `isNews` is true for a
 * run that failed or lost output.
 */
export function pendingNoticeOf(
  run: NotifiableRun,
  end: { isNews: boolean; isRetried: boolean },
): PendingNotice | undefined {
  const { name, ping } = run;
  if (!end.isNews) return ping === undefined && !mayHaveIncident(name) ? undefined : { ping };
  const atTerminal = isAtTerminal();
  if (atTerminal && !end.isRetried && ping === undefined) return undefined;
  return { ping, isAtTerminal: atTerminal || undefined, isRetried: end.isRetried || undefined };
}

/** Records the end of the run with this key. */
export function closeRecord(name: string, key: string, outcome: Outcome): void {
  try {
    if (appendToJournal({ key, ...withHiddenTexts(outcome) }).size > unreadJournal) importUnread();
  } catch (error) {
    warn(`the end of this run of ${name} is not recorded: ${error.message}`);
  }
}

/** Hides secrets, because errors often quote the command's arguments. */
function withHiddenTexts({ message, error, loggedError, ...outcome }: Outcome): Outcome {
  return {
    ...outcome,
    ...(message !== undefined && { message: withoutSecrets(message) }),
    ...(error !== undefined && { error: withoutSecrets(error) }),
    ...(loggedError !== undefined && { loggedError: withoutSecrets(loggedError) }),
  };
}

function importUnread(): void {
  try {
    withoutWaiting(ledger);
  } catch (error) {
    warn(`the journal is long and cannot be imported into the ledger: ${error.message}`);
  }
}

/**
 * Records the start of a run. Returns the identity of the journal that contains it; undefined if only the ledger does.
 * The ledger ensures that a scheduled time has only one run, no matter what starts it.
 */
function written(start: JournalStart): string | "slot taken" | undefined {
  if (start.slot === null) return appendToJournal(start).identity;
  if (!insertRun(ledger(), start)) return "slot taken";
  // Add it to the journal as well: a start that finds the lock taken looks up the lock's holder there, without opening
  // the ledger.
  return addToJournal(start);
}

/**
 * Adds a start to the journal. Ignores errors, because the start is already recorded: in the ledger, or in a journal
 * that has since been replaced.
 */
function addToJournal(start: JournalStart): string | undefined {
  try {
    return appendToJournal(start).identity;
  } catch {
    return undefined; // The same error will occur, and be reported, when the end is recorded.
  }
}

/** A run's key, such as "mi5w2x9f3s0k7q", which is unique across hosts. */
export function newRunKey(startedAt: number): string {
  const random = Math.floor(Math.random() * 36 ** 3).toString(36);
  return startedAt.toString(36) + process.pid.toString(36) + random.padStart(3, "0");
}
