import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { now } from "../clock";

/** An event during the test. Events are appended to a file, the trace, which doesn't depend on the queue. */
export type Event = { t: number } & (
  | { what: "pushing"; n: string; kind: string; pid: number; delay?: number; unique?: string }
  /** The queue acknowledged the push. `isNew` is false if an unfinished job already had the same `unique` key. */
  | { what: "pushed"; n: string; id: number; isNew: boolean }
  | { what: "refused"; n: string; error: string }
  /**
   * `run` identifies the attempt within its process. Its number isn't enough: after a rewind, numbers are used again.
   */
  | { what: "begun"; n: string; kind: string; id: number; attempt: number; pid: number; run: number }
  | { what: "ended"; n: string; id: number; attempt: number; pid: number; run: number; how: Ending }
  /** The handler got other data than the producer pushed. */
  | { what: "garbled"; n: string; id: number }
  /** The store reported the job as completed, at `t`, in answer to a query sent at `asked`. */
  | { what: "completed"; n: string; id: number; asked: number }
  | { what: "fault"; fault: string; target: string; until?: number }
  | { what: "started"; pid: number; name: string }
  /** A process ended. `wanted` means that the plan or a job killed it. */
  | { what: "gone"; pid: number; name: string; wanted: boolean; how: string }
  /** The last output of a process that exited unexpectedly. */
  | { what: "lastWords"; pid: number; text: string }
  | { what: "signaled"; pid: number; signal: string }
  | { what: "lostLease"; pid: number }
  /** The server's files were replaced with a copy made at `from`. */
  | { what: "rewound"; from: number }
);

export type Ending = "returned" | "threw" | "aborted";

/** An event without its time, which append() adds. */
export type Fact = Event extends infer E ? (E extends Event ? Omit<E, "t"> : never) : never;

export function append(file: string, fact: Fact, t = now()): void {
  appendFileSync(file, `${JSON.stringify({ t, ...fact })}\n`);
}

/** The events in the order of their times. Ignores an incomplete line, which a killed process can leave. */
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
