import { systemTimezone } from "../../config/hostTimezone";
import { entryId } from "../../schedule/expression/entryId";
import { schedulesOf } from "../../schedule/expression/schedulesOf";
import { lateStart, latestFiring } from "../../schedule/times/firings";

/** What a crontab line's LAJU_ENTRY stands for in this build. */
export type SlotDecision =
  | { kind: "due"; slot: number }
  /** The line's own fields are coarser than the schedule: this is none of its times. */
  | { kind: "not due" }
  /** The line was written for another schedule than this build's. */
  | { kind: "unknown entry" };

/**
 * Decides whether a command that was started by the crontab entry `id` (with `@` and the daemon's zone behind it, where
 * that is not the system's) is due now, by the same engine that
 * `list --next` and `explain` use. A start delayed by load, or replayed after a clock step, has its slot still.
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
 * The time of the schedule that a start is for which does not say so (a line written by hand, a systemd timer): the
 * latest, as far as a start may be late. Undefined where none was due.
 */
export function latestSlot(command: Scheduled, at: Date): number | undefined {
  const options = { ...clockOf(command.timezone), at, within: lateStart };
  const slots = schedulesOf(command).flatMap((schedule) => latestFiring(schedule, options)?.getTime() ?? []);
  return slots.length === 0 ? undefined : Math.max(...slots);
}

/** A command, and when it is due. */
export interface Scheduled {
  name: string;
  schedules: readonly string[];
  /** The host's, where it is absent. */
  timezone: string | undefined;
}

function clockOf(timezone: string | undefined, hostTimezone = systemTimezone()) {
  return { timezone: timezone ?? hostTimezone, hostTimezone };
}
