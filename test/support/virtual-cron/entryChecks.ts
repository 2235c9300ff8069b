import { expect } from "vitest";
import { type CronEntry, cronEntries } from "../../../framework/crontab/entries/cronEntries";
import { cronFacts } from "../../../framework/host/crons";
import { parseSchedule } from "../../../framework/schedule/expression/expression";
import type { Schedule } from "../../../framework/schedule/expression/types";
import { type Clock, lateStart, latestFiring } from "../../../framework/schedule/times/firings";
import { stretchesOfYear } from "../../../framework/schedule/times/timezones";
import { referenceFirings } from "../crontab/referenceFirings";
import { distinct, minuteMilliseconds, predicted, type Range } from "./ranges";
import { runVirtualCron } from "./virtualCron";
import type { OtherDaemon } from "./virtualTime";

/** A schedule, with its time zone if that isn't the host's. */
export interface Intended {
  readonly expression: string;
  readonly timezone?: string;
}

/** Clock changes, as [seconds since the epoch, seconds to add]. */
export type Jumps = readonly (readonly [at: number, seconds: number])[];

export interface Trial {
  jumps?: Jumps;
  /** The daemon that starts the entries; they are written for it. Debian's cron if absent. */
  daemon?: OtherDaemon | undefined;
  /** Whether the daemon starts nothing during the second pass of a repeated hour, as laju's notes about it say. */
  losesRepeats?: boolean;
}

/**
 * Installs the entries of these schedules on a host, runs them with their guards on the virtual clock, and checks that
 * each scheduled time was met exactly once.
 */
export async function expectIntended(
  all: readonly Intended[],
  host: string,
  range: Range,
  { jumps = [], daemon, losesRepeats = false }: Trial = {},
): Promise<void> {
  const cron = cronFacts(daemon?.cron ?? "debian");
  const options = { hostTimezone: host, isDaemonsOwn: true, cron };
  const lines = all.flatMap(({ expression, timezone }, index) =>
    cronEntries(parseSchedule(expression), { timezone, ...options }).map((entry) => ({ index, entry })),
  );
  const table = lines.map(({ index, entry }) => lineOf(index, entry)).join("\n");
  const log = await runVirtualCron({ table, timezone: host, from: range[0], to: range[1], jumps, daemon });
  for (const [index, { expression, timezone = host }] of all.entries()) {
    const starts = log.map((line) => line.split(" ").map(Number)).filter(([id]) => id === index);
    const instants = starts.map(([, now, slept]) => (slept > 0 ? now + slept : Math.floor(now / 60) * 60));
    const isCoarse = lines.some((line) => line.index === index && line.entry.isCoarse);
    const schedule = parseSchedule(expression);
    const found = isCoarse
      ? slotsOf(schedule, instants, { timezone, hostTimezone: host })
      : instants.sort((a, b) => a - b);
    const label = `${expression} ${timezone} on ${host}`;
    const days = (range[1].getTime() - range[0].getTime()) / 86_400_000;
    // A guard that lets every minute pass would be correct too, but would start Node all day. So limit the extra
    // starts.
    expect([label, distinct(instants).length - found.length]).toEqual([
      label,
      expect.toSatisfy((extra) => extra <= 5 * (days + 1)),
    ]);
    const wanted = intended(schedule, timezone, host, range);
    const kept = losesRepeats ? wanted.filter((second) => !isRepeated(second, host)) : wanted;
    expect([label, ...iso(found)]).toEqual([label, ...iso(kept)]);
  }
}

/** A crontab line that records when it starts. Its `sleep` is replaced, because the real one would wait. */
function lineOf(index: number, { fields, guard, delay }: CronEntry): string {
  const waiting = delay ? `sleep() { slept=$1; }; ${delay.replace("/bin/sleep", "sleep")}; ` : "slept=0; ";
  const command = `${waiting}echo "${index} $VC_NOW $slept" >> "$VC_LOG"`;
  return `${fields} ${guard ? `${guard} ${command};; esac` : command}`.replaceAll("%", "\\%");
}

/** The scheduled times to which a command's starts belong, without duplicates. */
function slotsOf(schedule: Schedule, instants: readonly number[], clock: Clock): number[] {
  const slots = instants.flatMap((instant) => {
    const slot = latestFiring(schedule, { at: new Date(instant * 1000), within: lateStart, ...clock });
    return slot ? [slot.getTime() / 1000] : [];
  });
  return distinct(slots);
}

/**
 * The scheduled times in seconds since the epoch. For another time zone, they come from the slow reference
 * implementation.
 */
function intended(schedule: Schedule, timezone: string, host: string, range: Range): number[] {
  if (schedule.kind === "reboot") return [];
  if (schedule.kind === "interval") return multiplesOf(schedule.minutes * 60, range);
  // The daemon starts no entries in its own first minute.
  const after: Range = [new Date(range[0].getTime() + minuteMilliseconds), range[1]];
  const minutes =
    timezone === host ? predicted(schedule, host, range) : referenceFirings(schedule, timezone, after);
  return minutes.flatMap((minute) => schedule.second.values.map((second) => minute * 60 + second));
}

/** Whether this is the second time that the clocks of a zone show this minute. */
function isRepeated(second: number, timezone: string): boolean {
  const minute = Math.floor(second / 60);
  return stretchesOfYear(timezone, new Date(second * 1000).getUTCFullYear()).some(
    ({ start, offset, offsetBefore }) => minute >= start && minute < start + offsetBefore - offset,
  );
}

function multiplesOf(period: number, [from, to]: Range): number[] {
  const first = Math.floor(from.getTime() / 1000 / period) + 1;
  const last = Math.ceil(to.getTime() / 1000 / period);
  return Array.from({ length: last - first }, (_, index) => (first + index) * period);
}

function iso(seconds: readonly number[]): string[] {
  return seconds.map((second) => new Date(second * 1000).toISOString());
}
