import type { CatchUp } from "../metadata/commandMeta";
import type { CommandFacts } from "../metadata/manifest";
import { compile } from "../schedule/expression/calendar";
import { parseSchedule } from "../schedule/expression/expression";
import type { Schedule } from "../schedule/expression/types";
import { longestCatchUp } from "../schedule/times/daemon";
import { firingsAfter } from "../schedule/times/firings";
import { isSameTimezone } from "../schedule/times/timezoneNames";

const minute = 60_000;
/**
 * How late a start may be and still count as on time, in milliseconds. cron, too, may start an entry at any time within
 * its minute.
 */
const longestDelay = minute;

/** The starts that are due for a command. */
export interface Due {
  name: string;
  /**
   * The scheduled times for which to start the command, ascending: usually one, but several for schedules with seconds.
   */
  slots: number[];
  /** How many earlier scheduled times were missed and will be skipped. */
  missed: number;
}

/**
 * Keeps track of which commands are due. Behaves like cron, also when the clock changes, except for starts missed by
 * more than a minute, which follow the command's `catchUp`. Times are milliseconds since the epoch.
 */
export class Agenda {
  private items: Item[] = [];
  /** The time of the last call of take(). */
  private asked = -Infinity;
  private readonly hostTimezone: string;

  constructor(hostTimezone: string) {
    this.hostTimezone = hostTimezone;
  }

  /**
   * Replaces the commands. Known schedules continue where they were. New schedules are due from the beginning of this
   * minute, as when cron loads a new crontab, unless `since` returns another time for the command.
   */
  plan(commands: readonly CommandFacts[], now: number, since: Since = () => undefined): void {
    const known = new Map(this.items.flatMap(({ tracks }) => tracks.map((track) => [track.id, track])));
    const begin = Math.floor(now / minute) * minute - 1;
    this.items = commands.map((command) => ({
      name: command.name,
      catchUp: command.catchUp ?? "none",
      tracks: command.schedules.map((text) => {
        const track = this.trackOf(command, text, since(command) ?? begin);
        return known.get(track.id) ?? track;
      }),
    }));
  }

  /** The commands to start when the scheduler starts (@reboot). */
  atStart(): string[] {
    const isAtStart = ({ schedule }: Track) => schedule.kind === "reboot";
    return this.items.filter(({ tracks }) => tracks.some(isAtStart)).map(({ name }) => name);
  }

  /** Returns the starts that are due now, each only once. */
  take(now: number): Due[] {
    const back = this.asked - now;
    this.asked = now;
    if (back >= minute) this.setBack(back, now);
    return this.items
      .map((item) => takeFrom(item, now))
      .filter(({ slots, missed }) => slots.length + missed > 0);
  }

  /** When the next start is due; undefined if there will be none. */
  next(): number | undefined {
    const times = this.items.flatMap(({ tracks }) => tracks.map(({ next }) => next ?? Infinity));
    const soonest = Math.min(Infinity, ...times);
    return soonest === Infinity ? undefined : soonest;
  }

  /**
   * Handles a clock that was set back by at least a minute; less is normal clock correction. If it was set back by less
   * than three hours, only schedules that begin with `*` run again. Beyond that, all schedules do, because cron starts
   * over.
   */
  private setBack(back: number, now: number): void {
    const isFresh = back >= longestCatchUp * minute;
    for (const track of this.items.flatMap(({ tracks }) => tracks)) {
      if (track.doneUntil > now && (isFresh || track.repeats)) moved(track, now);
    }
  }

  private trackOf(command: CommandFacts, text: string, doneUntil: number): Track {
    const { hostTimezone } = this;
    const timezone = command.timezone ?? hostTimezone;
    const schedule = parseSchedule(text, { name: command.name });
    const isHosts = isSameTimezone(timezone, hostTimezone);
    return moved(
      {
        id: `${command.name}\n${timezone}\n${text}`,
        schedule,
        clock: { timezone, hostTimezone },
        repeats: schedule.kind === "calendar" && isHosts && compile(schedule).isWild,
        doneUntil,
        next: undefined,
      },
      doneUntil,
    );
  }
}

/** The time up to which a command's starts have already been handled, if known. */
export type Since = (command: CommandFacts) => number | undefined;

interface Item {
  readonly name: string;
  readonly catchUp: CatchUp;
  readonly tracks: readonly Track[];
}

/** One schedule of a command and its progress. */
interface Track {
  readonly id: string;
  readonly schedule: Schedule;
  readonly clock: { timezone: string; hostTimezone: string };
  /**
   * Whether its times are due again if the clock is set back. In cron, that applies to schedules that begin with `*`.
   */
  readonly repeats: boolean;
  doneUntil: number;
  /** The first time after `doneUntil`. */
  next: number | undefined;
}

function takeFrom({ name, tracks, catchUp }: Item, now: number): Due {
  const times = [...new Set(tracks.flatMap((track) => timesOf(track, now)))].sort((a, b) => a - b);
  const slots = slotsOf(times, catchUp, now);
  return { name, slots, missed: times.length - slots.length };
}

/**
 * The times for which to start the command: usually all. If any was missed, only the last, if it is recent enough or
 * `catchUp` asks for it.
 */
function slotsOf(times: number[], catchUp: CatchUp, now: number): number[] {
  const isLate = (time: number) => now - time >= longestDelay;
  if (!times.some(isLate)) return times;
  return times.slice(-1).filter((time) => catchUp === "last" || !isLate(time));
}

function timesOf(track: Track, now: number): number[] {
  if (track.next === undefined || track.next > now) return [];
  const times: number[] = [];
  for (const time of firingsAfter(track.schedule, track.doneUntil, track.clock)) {
    if (time > now) break;
    times.push(time);
  }
  moved(track, now);
  return times;
}

function moved(track: Track, doneUntil: number): Track {
  track.doneUntil = doneUntil;
  const [next] = firingsAfter(track.schedule, doneUntil, track.clock);
  track.next = next;
  return track;
}
