import type { Event } from "./trace";

/**
 * An attempt of a job, as its handler reported it, and what happened to its worker. Times are those of the trace, in
 * milliseconds.
 */
export interface Attempt {
  n: string;
  id: number;
  kind: string;
  pid: number;
  begun: number;
  /** When the handler returned or threw; infinite if it did neither. */
  ended: number;
  how: "returned" | "threw" | "aborted" | undefined;
  /** When the worker's process ended; infinite if it didn't. */
  gone: number;
  /** When the worker reported that others had taken over its jobs; infinite if it didn't. */
  lostLease: number;
  /** When the worker was sent SIGTERM; infinite if it wasn't. */
  stopped: number;
  /** When the worker was sent SIGSTOP; infinite if it wasn't. */
  frozen: number;
}

/** A push that the queue acknowledged. */
export interface Promised {
  n: string;
  kind: string;
  id: number;
  isNew: boolean;
  asked: number;
  acknowledged: number;
  delay: number | undefined;
  unique: string | undefined;
}

export interface History {
  events: readonly Event[];
  /** The attempts of each job, in the order in which they started. */
  attempts: ReadonlyMap<string, readonly Attempt[]>;
  promised: ReadonlyMap<string, Promised>;
  /** All pushes, even those whose acknowledgment was lost, unlike `promised`. */
  asked: ReadonlyMap<string, { kind: string; unique: string | undefined }>;
  /** When the store first reported each job as completed. */
  completed: ReadonlyMap<string, { asked: number; t: number }>;
  rewinds: readonly { from: number; to: number }[];
}

export function historyOf(events: readonly Event[]): History {
  const asking = new Map(of(events, "pushing").map((event) => [event.n, event]));
  const promised = new Map<string, Promised>();
  for (const { n, id, isNew, t } of of(events, "pushed")) {
    const asked = asking.get(n);
    if (asked === undefined) continue;
    const { kind, delay, unique } = asked;
    promised.set(n, { n, kind, id, isNew, asked: asked.t, acknowledged: t, delay, unique });
  }
  const completed = new Map<string, { asked: number; t: number }>();
  for (const { n, asked, t } of of(events, "completed"))
    if (!completed.has(n)) completed.set(n, { asked, t });
  const asked = new Map([...asking].map(([n, { kind, unique }]) => [n, { kind, unique }]));
  const rewinds = of(events, "rewound").map(({ from, t }) => ({ from, to: t }));
  return { events, attempts: attemptsIn(events), promised, asked, completed, rewinds };
}

/** All events of one kind. */
export function of<What extends Event["what"]>(
  events: readonly Event[],
  what: What,
): Extract<Event, { what: What }>[] {
  return events.filter((event): event is Extract<Event, { what: What }> => event.what === what);
}

/** How long a busy process may take to handle SIGTERM, in milliseconds. Until then it starts more jobs. */
const lateSignal = 10_000;

function attemptsIn(events: readonly Event[]): Map<string, Attempt[]> {
  const attempts = new Map<string, Attempt[]>();
  const ends = new Map(of(events, "ended").map((end) => [keyOf(end), end]));
  const gone = timesByPid(of(events, "gone"));
  const lost = timesByPid(of(events, "lostLease"));
  const stopped = timesByPid(of(events, "signaled").filter(({ signal }) => signal === "SIGTERM"));
  const frozen = timesByPid(of(events, "signaled").filter(({ signal }) => signal === "SIGSTOP"));
  for (const begin of of(events, "begun")) {
    const { n, id, kind, pid, t } = begin;
    const end = ends.get(keyOf(begin));
    const fate = (times: Map<number, number[]>, from = t) =>
      times.get(pid)?.find((time) => time >= from) ?? Number.POSITIVE_INFINITY;
    const attempt = {
      ...{ n, id, kind, pid, begun: t, ended: end?.t ?? Number.POSITIVE_INFINITY, how: end?.how },
      ...{ gone: fate(gone), lostLease: fate(lost), stopped: fate(stopped, t - lateSignal) },
      frozen: fate(frozen),
    };
    attempts.set(n, [...(attempts.get(n) ?? []), attempt]);
  }
  return attempts;
}

function keyOf({ n, pid, run }: { n: string; pid: number; run: number }): string {
  return `${n} ${pid} ${run}`;
}

function timesByPid(events: readonly { pid: number; t: number }[]): Map<number, number[]> {
  const byPid = grouped(events, ({ pid }) => pid);
  return new Map([...byPid].map(([pid, some]) => [pid, some.map(({ t }) => t)]));
}

export function grouped<T, K>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
