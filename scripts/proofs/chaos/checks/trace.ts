import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { now } from "../clock";

/** What happened in the storm, recorded outside the queue, in an append-only file. */
export type Event = { t: number } & (
  | { what: "pushing"; n: string; kind: string; pid: number; delay?: number; unique?: string }
  /** Acknowledged. `isNew` is false if another unfinished job had the same `unique`. */
  | { what: "pushed"; n: string; id: number; isNew: boolean }
  | { what: "refused"; n: string; error: string }
  /**
   * `run` makes it unique within its process: after a rewind, a job's attempts get the same numbers again.
   */
  | { what: "begun"; n: string; kind: string; id: number; attempt: number; pid: number; run: number }
  | { what: "ended"; n: string; id: number; attempt: number; pid: number; run: number; how: Ending }
  /** The payload differed from what was pushed. */
  | { what: "garbled"; n: string; id: number }
  /** The store reported the job as completed, in the reply at `t` to a query sent at `asked`. */
  | { what: "completed"; n: string; id: number; asked: number }
  | { what: "fault"; fault: string; target: string; until?: number }
  | { what: "started"; pid: number; name: string }
  /** `wanted` means that the process was killed by the plan or by a job. */
  | { what: "gone"; pid: number; name: string; wanted: boolean; how: string }
  /** The last output of a process that exited unexpectedly. */
  | { what: "lastWords"; pid: number; text: string }
  | { what: "signaled"; pid: number; signal: string }
  | { what: "lostLease"; pid: number }
  /** The store was replaced by its snapshot taken at `from`. */
  | { what: "rewound"; from: number }
);

export type Ending = "returned" | "threw" | "aborted";

/** The event as passed by a caller; the time is added. */
export type Fact = Event extends infer E ? (E extends Event ? Omit<E, "t"> : never) : never;

export function append(file: string, fact: Fact, t = now()): void {
  appendFileSync(file, `${JSON.stringify({ t, ...fact })}\n`);
}

/** Ordered by time. A killed process may leave an incomplete line. */
export function readTrace(file: string): Event[] {
  if (!existsSync(file)) return [];
  const events = readFileSync(file, "utf8").split("\n").flatMap(parsed);
  return events.sort((a, b) => a.t - b.t);
}

function parsed(line: string): Event[] {
  try {
    return [JSON.parse(line) as Event];
  } catch {
    return [];
  }
}
