import { offsetAt } from "../../../framework/schedule/times/timezones";

/**
 * The calculation that Kubernetes uses, modeled on robfig/cron v3.0.1 (parser.go, spec.go) and Go's time.Date,
 * including their behavior at clock changes. Times are minutes since the epoch.
 */
export function robfigFirings(fields: string, timezone: string, [from, to]: [number, number]): number[] {
  const spec = parse(fields);
  const firings: number[] = [];
  for (let time = next(spec, from - 1, timezone); time < to; time = next(spec, time, timezone)) {
    firings.push(time);
  }
  return firings;
}

interface FieldSet {
  values: Set<number>;
  star: boolean;
}

type Spec = Record<"minute" | "hour" | "day" | "month" | "weekday", FieldSet>;

function parse(fields: string): Spec {
  const [minute, hour, day, month, weekday] = fields.split(" ");
  return {
    minute: set(minute, 0, 59),
    hour: set(hour, 0, 23),
    day: set(day, 1, 31),
    month: set(month, 1, 12),
    weekday: set(weekday, 0, 6),
  };
}

function set(field: string, low: number, high: number): FieldSet {
  const values = new Set<number>();
  let star = false;
  for (const item of field.split(",")) {
    const match = /^(\*|\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(item);
    if (!match) throw new Error(`robfig/cron does not accept ${field}`);
    const step = Number(match[3] ?? 1);
    const isStar = match[1] === "*";
    const from = isStar ? low : Number(match[1]);
    const single = match[3] === undefined ? from : high;
    const to = isStar ? high : Number(match[2] ?? single);
    if (from < low || to > high || from > to || step === 0) throw new Error(`robfig/cron refuses ${field}`);
    if (isStar && step === 1) star = true;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return { values, star };
}

function next(spec: Spec, after: number, timezone: string): number {
  let time = after + 1;
  let isAdded = false;
  const limit = time + 6 * 366 * 1440;
  wrap: for (;;) {
    if (time > limit) return Number.POSITIVE_INFINITY;
    while (!spec.month.values.has(clock(time, timezone).month)) {
      const { year, month } = clock(time, timezone);
      time = date({ year, month: month + 1, day: 1, hour: 0, minute: 0 }, timezone);
      isAdded = true;
      if (clock(time, timezone).month === 1) continue wrap;
    }
    while (!isDay(spec, clock(time, timezone))) {
      const now = clock(time, timezone);
      const begin = isAdded ? now : { ...now, hour: 0, minute: 0 };
      isAdded = true;
      time = date({ ...begin, day: begin.day + 1 }, timezone);
      const { hour } = clock(time, timezone);
      if (hour > 12) time += (24 - hour) * 60;
      else time -= hour * 60;
      if (clock(time, timezone).day === 1) continue wrap;
    }
    while (!spec.hour.values.has(clock(time, timezone).hour)) {
      if (!isAdded) time = date({ ...clock(time, timezone), minute: 0 }, timezone);
      isAdded = true;
      time += 60;
      if (clock(time, timezone).hour === 0) continue wrap;
    }
    while (!spec.minute.values.has(clock(time, timezone).minute)) {
      isAdded = true;
      time += 1;
      if (clock(time, timezone).minute === 0) continue wrap;
    }
    return time;
  }
}

function isDay({ day, weekday }: Spec, now: Clock): boolean {
  const inMonth = day.values.has(now.day);
  const inWeek = weekday.values.has(now.weekday);
  return day.star || weekday.star ? inMonth && inWeek : inMonth || inWeek;
}

interface Clock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  weekday: number;
}

function clock(time: number, timezone: string): Clock {
  const local = new Date((time + offsetAt(timezone, time)) * 60_000);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    weekday: local.getUTCDay(),
  };
}

/**
 * Converts local time as Go's time.Date does: reads it as UTC to find an offset, applies that offset, then uses the
 * offset at the result.
 */
function date(civil: Omit<Clock, "weekday">, timezone: string): number {
  const local = Date.UTC(civil.year, civil.month - 1, civil.day, civil.hour, civil.minute) / 60_000;
  const offset = offsetAt(timezone, local);
  const right = offsetAt(timezone, local - offset);
  return local - right;
}
