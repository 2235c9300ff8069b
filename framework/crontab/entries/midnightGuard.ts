import { dateCommand, type ShellTest } from "./guards";
import { tolerance } from "./timeGuard";

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
