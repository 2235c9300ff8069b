import { systemTimezone } from "../../config/hostTimezone";
import { entryId } from "../../schedule/expression/entryId";
import { schedulesOf } from "../../schedule/expression/schedulesOf";
import { lateStart, latestFiring } from "../../schedule/times/firings";

/** What a crontab line's LAJU_ENTRY means in this build. */
export type SlotDecision =
  | { kind: "due"; slot: number }
  /** The line's fields match more often than the schedule, and this time is not one of the schedule's. */
  | { kind: "not due" }
  /** The line was written for a different schedule than this build's. */
  | { kind: "unknown entry" };

/**
 * Decides whether a command started by the crontab entry `id` is due now, with the same engine as `list --next` and
 * `explain`. `id` ends with `@` and the daemon's time zone if that differs from the system's. A start that was delayed
 * by load, or made up for after a clock change, keeps its original scheduled time.
 */
export function dueSlot(command: Scheduled, id: string, at: Date): SlotDecision {
  const { timezone } = command;
  const [name, daemonTimezone] = id.split("@");
  const schedule = schedulesOf(command).find((one) => entryId(one, timezone) === name);
  if (schedule === undefined) return { kind: "unknown entry" };
  const slot = latestFiring(schedule, { ...clockOf(timezone, daemonTimezone), at, within: lateStart });
  return slot === undefined ? { kind: "not due" } : { kind: "due", slot: slot.getTime() };
}

/**
 * The scheduled time of a start without an entry id (a line written by hand, a systemd timer): the latest one, unless
 * it is so far in the past that no start could be that late.
 */
export function latestSlot(command: Scheduled, at: Date): number | undefined {
  const options = { ...clockOf(command.timezone), at, within: lateStart };
  const slots = schedulesOf(command).flatMap((schedule) => latestFiring(schedule, options)?.getTime() ?? []);
  return slots.length === 0 ? undefined : Math.max(...slots);
}

/** A command with its schedules. */
export interface Scheduled {
  name: string;
  schedules: readonly string[];
  /** The schedules' time zone; the host's if undefined. */
  timezone: string | undefined;
}

function clockOf(timezone: string | undefined, hostTimezone = systemTimezone()) {
  return { timezone: timezone ?? hostTimezone, hostTimezone };
}
