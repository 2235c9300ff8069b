import { starterSettings } from "../../config/launch";
import { warn, withoutSecrets } from "../../process/output";
import { hostName, isAtTerminal, processIdentity } from "../../process/thisProcess";
import { mayHaveIncident } from "./incidentMarks";
import { appendToJournal, type JournalStart, type NewRun, type Outcome, type PendingNotice } from "./journal";
import { ledger, withoutWaiting } from "./ledgerFile";
import { insertRun } from "./runRow";

/** A run that is being recorded. */
export interface RunRecord {
  /** What it is called in the journal and in its lines of the log. */
  readonly key: string;
  close(outcome: Outcome): void;
}

/** Why there is none: nothing can be written (which is told), or the slot has had its run. */
export type NoRecord = "not recorded" | "slot taken";

/** At this length of the journal, in bytes, nobody has read the ledger for long, and the run takes it in itself. */
const unreadJournal = 1024 * 1024;

/** Book-keeping never stops work: what cannot be written is told on stderr, and the command runs. */
export function openRecord(run: NewRun): RunRecord | NoRecord {
  const key = starterSettings().key ?? newRunKey(run.startedAt);
  const start = { key, ...run, host: hostName(), pid: process.pid, process: processIdentity(process.pid) };
  try {
    if (!isWritten(start)) return "slot taken";
    return { key, close: (outcome) => closeRecord(run.name, key, outcome) };
  } catch (error) {
    warn(`this run of ${run.name} is not recorded: ${error.message}`);
    return "not recorded";
  }
}

/** A recorded run, and the URL that is told of each run of its command, if it has one. */
export interface NotifiableRun {
  name: string;
  key: string;
  ping?: string | undefined;
}

/**
 * What the end of a run leaves to be told: of a success with no incident open, as a rule, nothing. `isNews` is one that
 * failed, or whose output was lost.
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

/** Closes the row of a run that is named by its key. */
export function closeRecord(name: string, key: string, outcome: Outcome): void {
  try {
    if (appendToJournal({ key, ...withHiddenTexts(outcome) }) > unreadJournal) takeInUnread();
  } catch (error) {
    warn(`how this run of ${name} ended is not recorded: ${error.message}`);
  }
}

/** An error often quotes what the command was given. */
function withHiddenTexts({ message, error, loggedError, ...outcome }: Outcome): Outcome {
  return {
    ...outcome,
    ...(message !== undefined && { message: withoutSecrets(message) }),
    ...(error !== undefined && { error: withoutSecrets(error) }),
    ...(loggedError !== undefined && { loggedError: withoutSecrets(loggedError) }),
  };
}

function takeInUnread(): void {
  try {
    withoutWaiting(ledger);
  } catch (error) {
    warn(`the journal is long and cannot be taken into the ledger: ${error.message}`);
  }
}

/** A slot has one run, whoever starts it: that is the ledger's to say. */
function isWritten(start: JournalStart): boolean {
  if (start.slot === null) return appendToJournal(start) > 0;
  const isFirst = insertRun(ledger(), start);
  if (isFirst) tellJournal(start);
  return isFirst;
}

/** A start that finds the lock taken looks there for who has it, before it opens the ledger. */
function tellJournal(start: JournalStart): void {
  try {
    appendToJournal(start);
  } catch {
    // It is in the ledger.
  }
}

/** Unlike any other's, on whatever host: "mi5w2x9f3s0k7q". */
export function newRunKey(startedAt: number): string {
  const random = Math.floor(Math.random() * 36 ** 3).toString(36);
  return startedAt.toString(36) + process.pid.toString(36) + random.padStart(3, "0");
}
