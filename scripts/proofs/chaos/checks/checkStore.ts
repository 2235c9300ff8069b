import { kindOf } from "../kinds";
import type { Sighting } from "../observer";
import type { Row } from "../stores/rows";
import { isRewound } from "./checkRuns";
import { type Attempt, type History, of } from "./history";
import { broken, type Violation } from "./violation";

const open = ["pending", "scheduled", "processing"];

/**
 * Reports jobs that are missing, unfinished, ended in the wrong state, or were held by a worker that didn't run them.
 */
export function checkStore(
  history: History,
  rows: readonly Row[],
  sightings: Iterable<Sighting>,
): Violation[] {
  return [
    ...broken("is never lost", lost(history, rows)),
    ...broken("ends", stuck(rows, history)),
    ...broken("is held only to be run", held(history, sightings)),
    ...broken("ends with the right outcome", wrongEnds(history, rows)),
    ...broken("a chain has one next run", chains(rows)),
  ];
}

function lost(history: History, rows: readonly Row[]): string[] {
  const there = new Set(rows.map(({ n }) => n));
  return [...history.promised.values()]
    .filter(({ n, isNew }) => isNew && !there.has(n))
    .filter(({ acknowledged }) => !isRewound(history, { begun: acknowledged }))
    .map(({ n, kind, id }) => `${kind} ${n} (id ${id}) was acknowledged and is gone`);
}

function stuck(rows: readonly Row[], { events }: History): string[] {
  // These jobs were pushed while the test had set this machine's clock ahead by up to an hour.
  const isLater = ({ state, due }: Row) => state === "scheduled" && (due ?? 0) > Date.now() + 60_000;
  const wasClockSet = of(events, "fault").some(({ fault }) => fault === "clock");
  return rows
    .filter(({ state, isCron, isRescheduled }) => open.includes(state) && !isCron && !isRescheduled)
    .filter((row) => !(wasClockSet && isLater(row)))
    .map(
      ({ type, n, id, state, worker }) =>
        `${type} ${n} (id ${id}) is still ${state}${worker ? `, held by ${worker}` : ""}`,
    );
}

/**
 * How long a worker may hold a job without running it, in milliseconds: longer than any planned freeze, silence or
 * lease.
 */
const longestHold = 30_000;

/**
 * Reports jobs that a worker held for too long without running them. Time after the worker's death doesn't count,
 * because another worker takes over its jobs. Nor does time while the server was down, because a worker can't return
 * jobs then.
 */
function held({ attempts, events }: History, sightings: Iterable<Sighting>): string[] {
  const ends = new Map(of(events, "gone").map(({ pid, t }) => [pid, t]));
  const crashes = of(events, "fault").filter(({ fault }) => fault === "crash" || fault === "rewind");
  const timeHeld = ({ pid, first, last }: Sighting) => {
    const until = Math.min(last, ends.get(pid ?? 0) ?? last);
    const away = crashes.map(({ t, until: back = t }) => Math.min(back, until) - Math.max(t, first));
    return until - first - sum(away.filter((ms) => ms > 0));
  };
  const runs = ({ n, first, last }: Sighting) =>
    attempts.get(n)?.some(({ begun, ended, gone }) => begun < last && Math.min(ended, gone) > first + 3000) ??
    false;
  return [...sightings]
    .filter((sighting) => timeHeld(sighting) > longestHold && !runs(sighting))
    .map(
      ({ n, id, worker, first, last }) =>
        `job ${n} (id ${id}) was held by ${worker} for ${Math.round((last - first) / 1000)} s and not run`,
    );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function wrongEnds(history: History, rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    const wrong = wrongEnd(row, history);
    return wrong === undefined ? [] : [`${row.type} ${row.n} (id ${row.id}) ${wrong}`];
  });
}

function wrongEnd({ n, type, state, error }: Row, history: History): string | undefined {
  const attempts = history.attempts.get(n) ?? [];
  const { expected } = kindOf(type);
  if (state === "cancelled") return "was canceled, although nobody asked for it";
  if (state === "completed") {
    if (expected === "failed") return "is completed, although it can only fail";
    return attempts.some(({ how }) => how === "returned") || type === "Cron"
      ? undefined
      : "is completed, although its handler never returned";
  }
  if (state !== "failed" || expected !== "completed" || attempts.some(hasFailed)) return undefined;
  const ran = attempts.length === 0 ? "never started" : `returned and its worker was alive`;
  return `has failed, although it ${ran}: ${error.split("\n", 1)[0]}`;
}

/**
 * Whether this attempt can have made its job fail although the handler didn't throw: it was aborted, or its worker died
 * or lost the lease, and no other attempt was left.
 */
function hasFailed({ how, gone, lostLease, kind }: Attempt): boolean {
  const isLast = kindOf(kind).attempts === 1;
  return (
    isLast && (how === "aborted" || gone < Number.POSITIVE_INFINITY || lostLease < Number.POSITIVE_INFINITY)
  );
}

/**
 * Checks that exactly one job follows each job of a chain, however that one ended, and that a cron job runs once for
 * each of its scheduled times.
 */
function chains(rows: readonly Row[]): string[] {
  const followers = new Map<number, Row[]>();
  for (const row of rows) {
    if (row.rescheduledFrom === null) continue;
    followers.set(row.rescheduledFrom, [...(followers.get(row.rescheduledFrom) ?? []), row]);
  }
  const needsOne = ({ isCron, isRescheduled, state }: Row) =>
    (isCron && (state === "completed" || state === "failed")) || (isRescheduled && state === "failed");
  const violations = rows.filter(needsOne).flatMap((row) => {
    const count = followers.get(row.id)?.length ?? 0;
    return count === 1
      ? []
      : [`${row.type} ${row.n} (id ${row.id}) is ${row.state} and has ${count} successors`];
  });
  const moments = new Map<string, number>();
  for (const row of rows.filter(({ isCron, due }) => isCron && due !== null)) {
    const moment = `${row.n.split("#", 1)[0]} at ${new Date(row.due ?? 0).toISOString()}`;
    moments.set(moment, (moments.get(moment) ?? 0) + 1);
  }
  const twice = [...moments]
    .filter(([, count]) => count > 1)
    .map(([moment, count]) => `${moment} came ${count} times`);
  return [...violations, ...twice];
}

/** Reports programs that exited without having been killed. */
export function checkFleet({ events }: History): Violation[] {
  const words = new Map(of(events, "lastWords").map(({ pid, text }) => [pid, text]));
  const alone = of(events, "gone")
    .filter(({ wanted }) => !wanted)
    .map(({ name, pid, how }) => {
      const said = words.get(pid)?.replace(/^/gm, "        | ") ?? "";
      return `${name} (process ${pid}) exited by itself, with ${how}${said && `; its last output:\n${said}`}`;
    });
  return broken("a worker does not exit by itself", alone);
}
