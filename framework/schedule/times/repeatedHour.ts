import { stretchesFrom } from "./timezones";

const minuteMilliseconds = 60_000;

/** Whether a moment is in the second occurrence of an hour that this zone's clocks repeat. */
export function isInRepeatedHour(time: number, timezone: string): boolean {
  const minute = Math.floor(time / minuteMilliseconds);
  for (const { start, end, offset, offsetBefore } of stretchesFrom(timezone, minute)) {
    if (minute >= end) continue;
    return minute >= start && minute < start + offsetBefore - offset;
  }
  return false;
}
