import { stableHash } from "./hash";
import { renderSchedule } from "./render";
import type { Schedule } from "./types";

/** An id for a schedule and its time zone that doesn't change if it moves within the file. */
export function entryId(schedule: Schedule, timezone: string | undefined): string {
  return stableHash(`${renderSchedule(schedule)}\n${timezone ?? ""}`)
    .toString(16)
    .padStart(8, "0");
}
