import { LajuError } from "../config/errors";

/** A moment: a Date, milliseconds, or a text such as "2026-03-10T08:00:00Z". */
export type Moment = Date | number | string;

/** What `new Date()` and Date.now() say stands still. Timers go on, and so does the database's own clock. */
export function fixClock(now: Moment): void {
  const Real = restoreClock();
  const fixed = new Real(now).getTime();
  if (Number.isNaN(fixed)) {
    throw new LajuError(`${JSON.stringify(now)} is not a moment`, {
      code: "E_CLOCK",
      hint: 'Give a Date, milliseconds, or a text such as "2026-03-10T08:00:00Z".',
    });
  }
  replaced = { Real, Fixed: fixedDate(Real, fixed) };
  globalThis.Date = replaced.Fixed;
}

let replaced: { Real: DateConstructor; Fixed: DateConstructor } | undefined;

/** Lets the clock go on. One that somebody else has put there since (vi.useFakeTimers) stays. */
export function restoreClock(): DateConstructor {
  if (replaced !== undefined && globalThis.Date === replaced.Fixed) globalThis.Date = replaced.Real;
  replaced = undefined;
  return globalThis.Date;
}

/** Does `work` with the clock at `now`, if that is given; the clock is then as it was before. */
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

/** A proxy: `instanceof Date` and `new Date(0)` are the real one's. */
function fixedDate(Real: DateConstructor, now: number): DateConstructor {
  return new Proxy(Real, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now] : given, made),
    apply: () => new Real(now).toString(),
    get: (target, key, receiver) => (key === "now" ? () => now : Reflect.get(target, key, receiver)),
  });
}
