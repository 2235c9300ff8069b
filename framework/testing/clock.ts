import { LajuError } from "../config/errors";

/** A point in time: a Date, milliseconds, or a text such as "2026-03-10T08:00:00Z". */
export type Moment = Date | number | string;

/** Freezes `new Date()` and Date.now(). Timers and the database's clock continue to run. */
export function fixClock(now: Moment): void {
  const Real = restoreClock();
  const fixed = new Real(now).getTime();
  if (Number.isNaN(fixed)) {
    throw new LajuError(`${JSON.stringify(now)} is not a point in time`, {
      code: "E_CLOCK",
      hint: 'Pass a Date, milliseconds, or a text such as "2026-03-10T08:00:00Z".',
    });
  }
  replaced = { Real, Fixed: fixedDate(Real, fixed) };
  globalThis.Date = replaced.Fixed;
}

let replaced: { Real: DateConstructor; Fixed: DateConstructor } | undefined;

/** Restores the clock, unless something else (vi.useFakeTimers) has replaced it since. */
export function restoreClock(): DateConstructor {
  if (replaced !== undefined && globalThis.Date === replaced.Fixed) globalThis.Date = replaced.Real;
  replaced = undefined;
  return globalThis.Date;
}

/** Runs `work` with the clock frozen at `now`, if given, then restores the clock. */
export async function atMoment<T>(now: Moment | undefined, work: () => Promise<T>): Promise<T> {
  if (now === undefined) return work();
  const before = globalThis.Date;
  const outer = replaced;
  replaced = undefined;
  fixClock(now);
  try {
    return await work();
  } finally {
    globalThis.Date = before;
    replaced = outer;
  }
}

/** A proxy, so that `instanceof Date` and `new Date(0)` work as usual. */
function fixedDate(Real: DateConstructor, now: number): DateConstructor {
  return new Proxy(Real, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now] : given, made),
    apply: () => new Real(now).toString(),
    get: (target, key, receiver) => (key === "now" ? () => now : Reflect.get(target, key, receiver)),
  });
}
