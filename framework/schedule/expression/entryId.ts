import { stableHash } from "./hash";
import { renderSchedule } from "./render";
import type { Schedule } from "./types";

/**
 * An id made from a schedule and its time zone. It stays the same if the schedule moves to another position in the
 * command's list.
 */
export function entryId(schedule: Schedule, timezone: string | undefined): string {
  return stableHash(`${renderSchedule(schedule)}\n${timezone ?? ""}`)
    .toString(16)
    .padStart(8, "0");
}
