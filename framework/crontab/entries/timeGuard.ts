import { boxesFor, crossed, globsOf, type Sample } from "./globs";
import { dateCommand, type ShellTest } from "./guards";

/**
 * How many minutes late a start may be and still pass the guard. cron makes up for missed minutes for up to four
 * minutes.
 */
export const tolerance = 4;

interface TimeOptions {
  /** The zone whose clock the tests read (default: the system's). */
  readonly timezone?: string | undefined;
  /** Whether to prevent a start that was delayed past midnight, because nothing else checks its day. */
  readonly portable?: boolean | undefined;
}

/**
 * The tests that let only these times of day in a zone pass. cron starts the line at the given minutes of every hour in
 * that zone. A late start passes too, unless it is so late that it falls on the minute of another start.
 */
export function timeTests(
  times: readonly number[],
  startMinutes: readonly number[],
  { timezone, portable }: TimeOptions,
): ShellTest[] {
  const wanted = new Set(times);
  const starts = hours.flatMap((hour) => startMinutes.map((minute) => hour * 60 + minute));
  const unwanted = starts.filter((time) => !wanted.has(time));
  if (unwanted.length === 0) return [];
  const isStart = new Set(starts);
  const samples = [
    ...times
      .flatMap((time) => lateTimes(time, isStart, portable ? 1440 : 1440 + tolerance))
      .map((time) => sampleOf(time, true)),
    ...unwanted.map((time) => sampleOf(time, false)),
  ];
  const boxes = boxesFor(samples);
  const hasMinutes = boxes.some(([, minute]) => minute !== "any");
  const patterns = boxes.flatMap(([hour, minute]) =>
    crossed(hasMinutes ? [globsOf(hour, 2), globsOf(minute, 2)] : [globsOf(hour, 2)], ""),
  );
  return [{ word: `"$(${dateCommand(timezone)} +${hasMinutes ? "%H%M" : "%H"})"`, patterns }];
}

const hours = Array.from({ length: 24 }, (_, hour) => hour);

function sampleOf(time: number, passes: boolean): Sample {
  return { values: [Math.floor(time / 60), time % 60], passes };
}

/**
 * The minute of a start, and the minutes just after it in which a late start passes, up to the line's next start or
 * `end`.
 */
function lateTimes(time: number, isStart: ReadonlySet<number>, end: number): number[] {
  const late = [time];
  for (let later = time + 1; later <= time + tolerance; later++) {
    if (isStart.has(later % 1440) || later >= end) break;
    late.push(later % 1440);
  }
  return late;
}

/** Whether a late start at one of these times can fall on the next day. */
export function isBeforeMidnight(times: readonly number[]): boolean {
  return times.some((time) => time >= 1440 - tolerance);
}

/**
 * The day tests for times just before midnight. If a clock change delays a start past midnight, `date` already shows
 * the next day. So these tests let every start in the first minutes of a day pass, and the command itself checks the
 * day.
 */
export function pastMidnight(days: readonly ShellTest[], timezone: string | undefined): ShellTest[] {
  const minutes = `000[0-${tolerance - 1}]-*`;
  return days.map(({ word, patterns }) => ({
    word: withTime(word, dateCommand(timezone)),
    patterns: [...patterns.map((pattern) => `*-${pattern}`), minutes],
  }));
}

/** Adds the time of day to the word that a test compares, with a single call of `date` if possible. */
function withTime(word: string, date: string): string {
  const bare = word.replaceAll(/^"|"$/g, "");
  const format = bare.startsWith(`$(${date} +%`) ? bare.slice(`$(${date} +`.length) : undefined;
  return format === undefined ? `"$(${date} +%H%M)-${bare}"` : `"$(${date} +%H%M-${format}"`;
}
