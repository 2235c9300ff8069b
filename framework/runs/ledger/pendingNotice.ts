import { isAtTerminal } from "../../process/thisProcess";
import { mayHaveIncident } from "./incidentMarks";

/** A recorded run, and the URL that is told of each run of its command, if it has one. */
export interface ToldRun {
  name: string;
  key: string;
  ping?: string | undefined;
}

/**
 * What is still to be told of a run that ended. It is a part of the run's end, so that whoever reads the ledger can do
 * what the process itself could not: the ledger was locked, or its driver was replaced while the run went on.
 */
export interface Untold {
  /** Whoever started it there sees how it ended, and needs no mail about it. */
  isAtTerminal?: true | undefined;
  /** Its process tries again: it is told how that went in the end. */
  isRetried?: true | undefined;
  ping?: string | undefined;
}

/**
 * What the end of a run leaves to be told: of a success with no incident open, as a rule, nothing. `isNews` is one that
 * failed, or whose output was lost.
 */
export function untoldOf(run: ToldRun, end: { isNews: boolean; isRetried: boolean }): Untold | undefined {
  const { name, ping } = run;
  if (!end.isNews) return ping === undefined && !mayHaveIncident(name) ? undefined : { ping };
  const atTerminal = isAtTerminal();
  if (atTerminal && !end.isRetried && ping === undefined) return undefined;
  return { ping, isAtTerminal: atTerminal || undefined, isRetried: end.isRetried || undefined };
}
