import { LajuError } from "../config/errors";
import { type Replacement, replaceGlobal } from "./replaceGlobal";

/** A point in time: a Date, milliseconds since the epoch, or a string such as "2026-03-10T08:00:00Z". */
export type Moment = Date | number | string;

let fixed: Replacement<"Date"> | undefined;

/** Freezes `new Date()` and Date.now(). Timers and the database's clock continue to run. */
export function fixClock(now: Moment): void {
  restoreClock();
  fixed = fixAt(now);
}

/** Undoes fixClock, so that the clock runs again. */
export function restoreClock(): void {
  fixed?.end();
  fixed = undefined;
}

/** Runs `work` with the clock frozen at `now`, then restores the clock. Without `now`, the clock keeps running. */
export async function atMoment<T>(now: Moment | undefined, work: () => Promise<T>): Promise<T> {
  if (now === undefined) return work();
  const clock = fixAt(now);
  try {
    return await work();
  } finally {
    clock.end();
  }
}

function fixAt(moment: Moment): Replacement<"Date"> {
  const now = new Date(moment).getTime();
  if (Number.isNaN(now)) {
    throw new LajuError(`${JSON.stringify(moment)} is not a point in time`, {
      code: "E_CLOCK",
      hint: 'Pass a Date, milliseconds, or a string such as "2026-03-10T08:00:00Z".',
    });
  }
  return replaceGlobal("Date", (clock) => fixedDate(clock, now));
}

/** Date with a fixed current time. It is a proxy, so that `instanceof Date` and `new Date(0)` work as usual. */
function fixedDate(clock: Replacement<"Date">, now: number): DateConstructor {
  const fixedNow = () => (clock.isOver ? clock.before.now() : now);
  return new Proxy(clock.before, {
    construct: (target, given, made) =>
      Reflect.construct(target, given.length === 0 ? [fixedNow()] : given, made),
    apply: () => new clock.before(fixedNow()).toString(),
    get: (target, key, receiver) => (key === "now" ? fixedNow : Reflect.get(target, key, receiver)),
  });
}
