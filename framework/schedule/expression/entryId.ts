import { stableHash } from "./hash";
import { renderSchedule } from "./render";
import type { Schedule } from "./types";

/** A name for a schedule in a zone that survives moving it within the file. */
export function entryId(schedule: Schedule, timezone: string | undefined): string {
  return stableHash(`${renderSchedule(schedule)}\n${timezone ?? ""}`)
    .toString(16)
    .padStart(8, "0");
}
