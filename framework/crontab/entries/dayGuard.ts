import { compile } from "../../schedule/expression/calendar";
import type { CalendarSchedule } from "../../schedule/expression/types";
import { type DatePart, everyDay, groupDays, monthKinds } from "./everyDay";
import { boxesFor, crossed, globsOf, type Sample } from "./globs";
import { date, dateCommand, remainder, type ShellTest, todayInSeconds } from "./guards";

const formats = { month: "%m", day: "%d", weekday: "%u", nextWeek: "%d" } as const;

// The date parts that a guard can test, most readable first. dayTests() uses the first choice that distinguishes the
// days.
const choices: readonly (readonly DatePart[])[] = [
  ["weekday"],
  ["day"],
  ["month"],
  ["nextWeek"],
  ["day", "weekday"],
  ["month", "weekday"],
  ["month", "day"],
  ["nextWeek", "weekday"],
  ["month", "day", "weekday"],
  ["month", "nextWeek", "weekday"],
  ["day", "nextWeek", "weekday"],
  ["month", "day", "nextWeek", "weekday"],
];

/** The days of the month on which the schedule can ever match, for the day field of the crontab line. */
export function coarseDays(schedule: CalendarSchedule): number[] {
  const verdicts = verdictsOn(schedule);
  const days = everyDay().flatMap(({ day }, index) => (verdicts[index] === Verdict.yes ? [day] : []));
  return [...new Set(days)].sort((a, b) => a - b);
}

/** Whether a day matches cron's own fields, so that the guard gets to test it. */
export type DayFilter = (day: number, month: number) => boolean;

export interface DayTestOptions {
  /** The time zone in which the days are tested (default: the system's). */
  readonly timezone?: string | undefined;
  readonly filter?: DayFilter;
  /** Whether the test must work the same with every cron and every date(1). */
  readonly isNeutral?: boolean | undefined;
}

/** The tests that let only the schedule's days pass. */
export function dayTests(schedule: CalendarSchedule, options: DayTestOptions = {}): ShellTest[] {
  if (schedule.cycle) return [cycleTest(schedule.cycle, options)];
  const verdicts = verdictsOn(schedule, options.filter);
  if (!verdicts.includes(Verdict.no)) return [];
  for (const choice of choices) {
    const samples = samplesOf(choice, verdicts);
    if (samples) return [testOf(samples, choice, options)];
  }
  throw new Error(`no guard tells the days of ${schedule.text} apart`);
}

/** Whether a day is scheduled; "excluded" if cron's own fields never let it reach the guard. */
const Verdict = { no: 0, yes: 1, excluded: 2 } as const;

/** The verdict on each day of everyDay(). */
function verdictsOn(schedule: CalendarSchedule, filter?: DayFilter): Uint8Array {
  const { daysOf } = compile(schedule);
  const verdicts = new Uint8Array(everyDay().length);
  let index = 0;
  for (const { month, length, first } of monthKinds()) {
    const mask = daysOf(month, length, first);
    for (let day = 1; day <= length; day++) {
      const isPossible = !filter || filter(day, month);
      verdicts[index++] = isPossible ? (mask >>> (day - 1)) & 1 : Verdict.excluded;
    }
  }
  return verdicts;
}

/**
 * The values of these date parts, with their verdicts; undefined if they do not distinguish days with different
 * verdicts.
 */
function samplesOf(choice: readonly DatePart[], verdicts: Uint8Array): Sample[] | undefined {
  const { values, groupOf } = groupDays(choice);
  const found = new Uint8Array(values.length).fill(Verdict.excluded);
  for (let index = 0; index < verdicts.length; index++) {
    const verdict = verdicts[index];
    if (verdict === Verdict.excluded) continue;
    const known = found[groupOf[index]];
    if (known !== Verdict.excluded && known !== verdict) return undefined;
    found[groupOf[index]] = verdict;
  }
  return values.flatMap((each, index) =>
    found[index] === Verdict.excluded ? [] : [{ values: each, passes: found[index] === Verdict.yes }],
  );
}

function testOf(samples: readonly Sample[], choice: readonly DatePart[], options: DayTestOptions): ShellTest {
  const patterns = boxesFor(samples).flatMap((box) =>
    crossed(
      box.map((allowed, index) => globsOf(allowed, choice[index] === "weekday" ? 1 : 2)),
      "-",
    ),
  );
  return { word: `"${wordOf(choice, options)}"`, patterns };
}

function wordOf(choice: readonly DatePart[], { timezone, isNeutral }: DayTestOptions): string {
  const here = dateCommand(timezone);
  const nextWeek = isNeutral
    ? `$(${date} -u -d "@$(( ${todayInSeconds(timezone, "12:00", true)} + 604800 ))" +%d)`
    : `$(${here} -d '12:00 7 days' +%d)`;
  if (choice.length === 1 && choice[0] === "nextWeek") return nextWeek;
  const format = choice.map((part) => (part === "nextWeek" ? nextWeek : formats[part])).join("-");
  // The output of the inner `date` becomes part of the format of the outer `date`, which prints digits unchanged.
  return format.includes("$") && !isNeutral ? `$(${here} +"${format}")` : `$(${here} +${format})`;
}

/** Counts civil days since the epoch in any zone: `date` reads today's local date as a date in UTC. */
function cycleTest(cycle: { days: number; shift: number }, options: DayTestOptions): ShellTest {
  const { timezone, isNeutral } = options;
  const today = todayInSeconds(timezone, "00:00", isNeutral);
  const day = cycle.shift === 0 ? `${today} / 86400` : `(${today} / 86400 + ${cycle.shift})`;
  return { word: remainder(day, cycle.days, isNeutral), patterns: ["0"] };
}
