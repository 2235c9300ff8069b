import { entryId } from "../schedule/entries";
import { parseSchedule } from "../schedule/expression";
import { lateStart, latestFiring } from "../schedule/firings";

/** What a crontab line's LAJU_ENTRY stands for in this build. */
export type SlotDecision =
  | { kind: "due"; slot: number }
  /** The line's own fields are coarser than the schedule: this is none of its times. */
  | { kind: "not due" }
  /** The line was written for another schedule than this build's. */
  | { kind: "unknown entry" };

/**
 * Decides whether a command that was started by the crontab entry `id` is due now, by the same engine that
 * `list --next` and `explain` use. A start delayed by load, or replayed after a clock step, has its slot still.
 */
export function dueSlot(
  { name, schedules, timezone }: { name: string; schedules: readonly string[]; timezone: string | undefined },
  id: string,
  at: Date,
): SlotDecision {
  const hostTimezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const parsed = schedules.map((schedule) => parseSchedule(schedule, { name }));
  const schedule = parsed.find((one) => entryId(one, timezone) === id);
  if (schedule === undefined) return { kind: "unknown entry" };
  const clock = { timezone: timezone ?? hostTimezone, hostTimezone };
  const slot = latestFiring(schedule, { ...clock, at, within: lateStart });
  return slot === undefined ? { kind: "not due" } : { kind: "due", slot: slot.getTime() };
}
