import { boxesFor, crossed, globsOf, type Sample } from "./globs";
import { dateCommand, type ShellTest } from "./guards";

/** How late a start may be and still pass: cron replays missed minutes up to four minutes after. */
export const tolerance = 4;

interface TimeOptions {
  /** The system's if absent. */
  readonly timezone?: string | undefined;
  /** Nothing looks at the day of a start that comes after midnight. */
  readonly portable?: boolean | undefined;
}

/**
 * The tests that let only these times of day of a zone pass, for a line that cron starts at the given minutes
 * of that zone's hours. A late start passes too, but never so late that it would be another start's minute.
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

/** The time and those just after it, up to the line's next start or this end. */
function lateTimes(time: number, isStart: ReadonlySet<number>, end: number): number[] {
  const late = [time];
  for (let later = time + 1; later <= time + tolerance; later++) {
    if (isStart.has(later % 1440) || later >= end) break;
    late.push(later % 1440);
  }
  return late;
}

/** Whether a late start of one of these times of day may fall on the next day. */
export function isBeforeMidnight(times: readonly number[]): boolean {
  return times.some((time) => time >= 1440 - tolerance);
}

/**
 * The tests of days for times just before midnight: a start that a step of the clock takes past it sees the
 * next day's date. So in the first minutes of any day all pass, and the command decides.
 */
export function pastMidnight(days: readonly ShellTest[], timezone: string | undefined): ShellTest[] {
  const minutes = `000[0-${tolerance - 1}]-*`;
  return days.map(({ word, patterns }) => ({
    word: withTime(word, dateCommand(timezone)),
    patterns: [...patterns.map((pattern) => `*-${pattern}`), minutes],
  }));
}

/** One look at the clock where the word is no more than that. */
function withTime(word: string, date: string): string {
  const bare = word.replaceAll(/^"|"$/g, "");
  const format = bare.startsWith(`$(${date} +%`) ? bare.slice(`$(${date} +`.length) : undefined;
  return format === undefined ? `"$(${date} +%H%M)-${bare}"` : `"$(${date} +%H%M-${format}"`;
}
