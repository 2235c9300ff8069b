import type { EngineName } from "../plan";
import { type Attempt, type History, of } from "./history";
import { broken, type Violation } from "./violation";

/** Reports jobs that ran again without a reason, after they were completed, or before their time. */
export function checkRuns(history: History, engine: EngineName): Violation[] {
  return [
    ...broken("runs again only for a reason", repeated(history, engine)),
    ...broken("is aborted only for a reason", abortedInVain(history, engine)),
    ...broken("never runs after its completion", afterCompletion(history)),
    ...broken("never begins before it is due", early(history, engine)),
    ...broken("gets the data that was pushed", garbled(history)),
  ];
}

/** A job may run again only if it failed, its worker died, or its worker lost the lease. */
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
 * The test never cancels jobs, so an attempt may be aborted only if its worker was stopped or lost its lease, or if the
 * store lost the claim.
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

/** PostgreSQL commits claims without waiting for the disk, so a crash may undo the latest ones. */
export function forgottenBy({ events }: History, engine: EngineName): (one: { begun: number }) => boolean {
  if (engine !== "postgresql") return () => false;
  const crashes = of(events, "fault").filter(({ fault }) => fault === "crash");
  return ({ begun }) => crashes.some(({ t }) => begun > t - 1500 && begun < t + 500);
}

/** By how much, in milliseconds, the record of a process's end can be late on a busy machine. */
const lateObituary = 5000;
/** How long it can take until a worker learns that others have taken over its jobs, in milliseconds. */
const lateNews = 60_000;

/** A worker that was frozen for longer than its lease can die before it reports the loss. In milliseconds. */
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

/** Faults that silently keep a worker's messages from the server. */
const silent = ["halfOpen", "swallow", "swallowAndKill", "swallowAndTerm", "delay"];
/** How long it can take until the worker abandons a silent connection, in milliseconds. */
const silence = 12_000;

/** Whether a worker's lease expired while it was disconnected, and the worker ended before it found out. */
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

/** By how much, in milliseconds, a busy machine can be late in setting its clock back. */
const lateClock = 5000;

function early({ attempts, promised, events }: History, engine: EngineName): string[] {
  // On SQLite this machine's clock decides what is due, and the test changed it on purpose.
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
  // A job claimed shortly before the snapshot may be missing from it as completed. And until a worker reaches
  // the server again, it starts jobs that it claimed before.
  return rewinds.some(({ from, to }) => begun > from - 10_000 && begun < to + 5000);
}

export function nameOf({ n, kind, id, pid }: Attempt): string {
  return `${kind} ${n} (id ${id}, process ${pid})`;
}

function since({ begun, how, ended }: Attempt, time: number): string {
  const what = how === undefined ? "still running" : `${how} after ${Math.round(ended - begun)} ms`;
  return `${Math.round(time - begun)} ms after its start (${what})`;
}
