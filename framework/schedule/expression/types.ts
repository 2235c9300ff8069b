/** One field of an expression: its sorted values, and whether its text begins with `*`. */
export interface Field {
  readonly values: readonly number[];
  /**
   * Whether the field's text begins with `*`. cron's rules for days and clock changes depend on that character, not on
   * the values.
   */
  readonly star: boolean;
}

export interface MonthDays extends Field {
  /** `L`: the last day of the month. */
  readonly last: boolean;
  /** `LW`: the last Monday-to-Friday day of the month. */
  readonly lastWorkday: boolean;
  /** `15W`: for each of these days, the nearest Monday-to-Friday day within the month. */
  readonly nearWorkday: readonly number[];
}

export interface WeekDays extends Field {
  /** `5L`: for each of these weekdays, the last one of the month. */
  readonly last: readonly number[];
  /** `1#2`: the nth such weekday of the month. */
  readonly nth: readonly { readonly day: number; readonly n: number }[];
}

/** Day fields without L, W and #. */
export const noDayForms = {
  dayOfMonth: { last: false, lastWorkday: false, nearWorkday: [] },
  dayOfWeek: { last: [], nth: [] },
} as const;

/** Times of day on calendar days, from five or six fields. */
export interface CalendarSchedule {
  readonly kind: "calendar";
  readonly text: string;
  readonly second: Field;
  readonly minute: Field;
  readonly hour: Field;
  readonly dayOfMonth: MonthDays;
  readonly month: Field;
  readonly dayOfWeek: WeekDays;
  /**
   * Set for `rate(n days)` and `rate(n weeks)`: a day matches only if the number of days since 1970-01-01, plus `shift`,
   * is divisible by `days`.
   */
  readonly cycle?: { readonly days: number; readonly shift: number };
  /** Whether `H` was used, so that the times depend on the command's name. */
  readonly hashed: boolean;
}

/** A `rate(n minutes)` that fields can't express: every minute since the epoch divisible by `minutes`. */
export interface IntervalSchedule {
  readonly kind: "interval";
  readonly text: string;
  readonly minutes: number;
}

/** `@reboot`: once per boot. It has no next time. */
export interface RebootSchedule {
  readonly kind: "reboot";
  readonly text: string;
}

export type Schedule = CalendarSchedule | IntervalSchedule | RebootSchedule;
