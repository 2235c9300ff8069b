import type { EngineName } from "../plan";
import { type Attempt, type History, of } from "./history";
import { broken, type Violation } from "./violation";

/** Reports jobs that ran again without a reason, that ran after their completion, or that started too early. */
export function checkRuns(history: History, engine: EngineName): Violation[] {
  return [
    ...broken("runs again only for a reason", repeated(history, engine)),
    ...broken("is aborted only for a reason", abortedInVain(history, engine)),
    ...broken("never runs after its completion", afterCompletion(history)),
    ...broken("never begins before it is due", early(history, engine)),
    ...broken("gets the data that was pushed", garbled(history)),
  ];
}

/** Jobs that ran again although no attempt failed and no worker died or lost its lease. */
function repeated(history: History, engine: EngineName): string[] {
  const isForgotten = forgottenBy(history, engine);
  const violations: string[] = [];
  for (const attempts of history.attempts.values()) {
    for (const [at, attempt] of attempts.entries()) {
      const next = attempts[at + 1];
      if (
        next === undefined ||
        mayRepeat(attempt, next) ||
        wasCutOff(history, attempt, next) ||
        isForgotten(attempt) ||
        isRewound(history, attempt)
      )
        continue;
      violations.push(
        `${nameOf(attempt)} was run again by ${next.pid} ${since(attempt, next.begun)} without a reason`,
      );
    }
  }
  return violations;
}

/**
 * Attempts that were aborted without a valid reason. The test never cancels jobs, so the valid reasons are that the
 * worker was stopped, that it lost its lease, and that the store forgot the claim.
 */
function abortedInVain(history: History, engine: EngineName): string[] {
  const isForgotten = forgottenBy(history, engine);
  const isFounded = (one: Attempt) =>
    one.stopped <= one.ended ||
    one.gone <= one.ended + 1000 ||
    Math.abs(one.lostLease - one.ended) < lateNews ||
    isForgotten(one) ||
    isRewound(history, one);
  return [...history.attempts.values()]
    .flat()
    .filter((one) => one.how === "aborted" && !isFounded(one))
    .map((one) => `${nameOf(one)} was aborted ${Math.round(one.ended - one.begun)} ms after its start`);
}

/**
 * Whether a crash may have undone this claim. PostgreSQL commits claims without waiting for the disk, so a crash can
 * lose the latest ones.
 */
export function forgottenBy({ events }: History, engine: EngineName): (one: { begun: number }) => boolean {
  if (engine !== "postgresql") return () => false;
  const crashes = of(events, "fault").filter(({ fault }) => fault === "crash");
  return ({ begun }) => crashes.some(({ t }) => begun > t - 1500 && begun < t + 500);
}

/** How late the record of a process's end can be on a busy machine, in milliseconds. */
const lateObituary = 5000;
/** How long a worker may take to learn that others have taken over its jobs, in milliseconds. */
const lateNews = 60_000;

/**
 * A freeze of this many milliseconds is longer than a lease. The worker may die before it reports that it lost the
 * lease.
 */
const shortestLongFreeze = 6000;

function mayRepeat({ how, gone, lostLease, stopped, frozen, begun }: Attempt, next: Attempt): boolean {
  const failed = how === "threw" || how === "aborted";
  return (
    failed ||
    gone <= next.begun + lateObituary ||
    stopped <= next.begun ||
    frozen + shortestLongFreeze < next.begun ||
    lostLease < next.begun + lateNews ||
    begun > next.begun
  );
}

/** Faults that keep a worker's messages from the server without closing the connection. */
const silent = ["halfOpen", "swallow", "swallowAndKill", "swallowAndTerm", "delay"];
/** How long a worker may take to give up a connection that no longer answers, in milliseconds. */
const silence = 12_000;

/**
 * Whether the worker's lease may have expired while it couldn't reach the server, and the worker ended before it
 * noticed.
 */
function wasCutOff({ events }: History, { begun, gone }: Attempt, next: Attempt): boolean {
  const faults = of(events, "fault").filter(({ fault }) => silent.includes(fault));
  const wasSilent = faults.some(({ t, until = t }) => t < next.begun && until + silence > begun);
  return wasSilent && gone < next.begun + lateNews;
}

function afterCompletion({ attempts, completed, rewinds }: History): string[] {
  const violations: string[] = [];
  for (const [n, { asked, t }] of completed) {
    const late = attempts.get(n)?.find(({ begun }) => begun > t);
    if (
      late === undefined ||
      rewinds.some(({ from, to }) => asked < to && to < late.begun && from < late.begun)
    )
      continue;
    violations.push(`${nameOf(late)} began ${Math.round(late.begun - t)} ms after it was seen completed`);
  }
  return violations;
}

/** How late a busy machine can be in setting the clock back, in milliseconds. */
const lateClock = 5000;

function early({ attempts, promised, events }: History, engine: EngineName): string[] {
  // With SQLite, this machine's clock decides which jobs are due, so a job can start early while the test has changed
  // it.
  const jumps = engine === "sqlite" ? of(events, "fault").filter(({ fault }) => fault === "clock") : [];
  const violations: string[] = [];
  for (const { n, asked, delay } of promised.values()) {
    const first = attempts.get(n)?.[0];
    if (delay === undefined || first === undefined || first.begun >= asked + delay - 5) continue;
    if (jumps.some(({ t, until = t }) => t < first.begun && until + lateClock > asked)) continue;
    violations.push(`${nameOf(first)} began ${Math.round(asked + delay - first.begun)} ms before it was due`);
  }
  return violations;
}

function garbled({ events }: History): string[] {
  return of(events, "garbled").map(({ n, id }) => `job ${n} (id ${id}) got other data than was pushed`);
}

export function isRewound({ rewinds }: History, { begun }: { begun: number }): boolean {
  // A job that was claimed shortly before the snapshot may be pending in it. And a worker that can't reach the server
  // still starts jobs that it claimed before the server was reset to the snapshot.
  return rewinds.some(({ from, to }) => begun > from - 10_000 && begun < to + 5000);
}

export function nameOf({ n, kind, id, pid }: Attempt): string {
  return `${kind} ${n} (id ${id}, process ${pid})`;
}

function since({ begun, how, ended }: Attempt, time: number): string {
  const what = how === undefined ? "still running" : `${how} after ${Math.round(ended - begun)} ms`;
  return `${Math.round(time - begun)} ms after its start (${what})`;
}
