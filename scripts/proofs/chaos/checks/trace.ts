import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { now } from "../clock";

/** What happened, as it was written down outside the queue: nothing of this file is ever changed. */
export type Event = { t: number } & (
  | { what: "pushing"; n: string; kind: string; pid: number; delay?: number; unique?: string }
  /** Acknowledged. `isNew` is false where another unfinished job had its `unique`. */
  | { what: "pushed"; n: string; id: number; isNew: boolean }
  | { what: "refused"; n: string; error: string }
  /** `run` tells it from others of its process: after a rewind a job's attempts have the same numbers again. */
  | { what: "begun"; n: string; kind: string; id: number; attempt: number; pid: number; run: number }
  | { what: "ended"; n: string; id: number; attempt: number; pid: number; run: number; how: Ending }
  /** Payloads arrive as they were pushed, or not at all. */
  | { what: "garbled"; n: string; id: number }
  /** The store said that it was completed: a look that began at `asked` and was answered at `t` found it so. */
  | { what: "completed"; n: string; id: number; asked: number }
  | { what: "fault"; fault: string; target: string; until?: number }
  | { what: "started"; pid: number; name: string }
  /** `wanted`: the plan ended it, or its own job did. */
  | { what: "gone"; pid: number; name: string; wanted: boolean; how: string }
  /** Of one that nobody ended. */
  | { what: "lastWords"; pid: number; text: string }
  | { what: "signaled"; pid: number; signal: string }
  | { what: "lostLease"; pid: number }
  /** A snapshot from `from` was put in the store's place. */
  | { what: "rewound"; from: number }
);

export type Ending = "returned" | "threw" | "aborted";

/** What a caller says of an event: the time is added. */
export type Fact = Event extends infer E ? (E extends Event ? Omit<E, "t"> : never) : never;

export function append(file: string, fact: Fact, t = now()): void {
  appendFileSync(file, `${JSON.stringify({ t, ...fact })}\n`);
}

/** In the order of their times. A process that is killed may leave half a line. */
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
