import type { CatchUp } from "../metadata/commandMeta";
import type { CommandFacts } from "../metadata/manifest";
import { compile } from "../schedule/expression/calendar";
import { parseSchedule } from "../schedule/expression/expression";
import type { Schedule } from "../schedule/expression/types";
import { longestCatchUp } from "../schedule/times/daemon";
import { firingsAfter } from "../schedule/times/firings";
import { isSameTimezone } from "../schedule/times/timezoneNames";

const minute = 60_000;
/** What is no later than this is late, not missed: cron too finds an entry for as long as its minute lasts. */
const longestDelay = minute;

/** What a command is due for at a moment. */
export interface Due {
  name: string;
  /** The times to start it for, ascending; usually one, several for schedules in seconds. */
  slots: number[];
  /** How many earlier times were missed for good. */
  missed: number;
}

/**
 * Which commands are due when, for a scheduler that is asked again and again. Each time of a schedule is handed
 * out once, whatever the clock does meanwhile: it is what cron does, but for starts missed by more than a
 * minute, which follow the command's `catchUp`. Times are milliseconds since the epoch.
 */
export class Agenda {
  private items: Item[] = [];
  /** When it was asked last. */
  private asked = -Infinity;
  private readonly hostTimezone: string;

  constructor(hostTimezone: string) {
    this.hostTimezone = hostTimezone;
  }

  /**
   * Takes over the commands there are now. What it knew already goes on where it stood; what is new counts
   * from the beginning of this minute, as cron takes a new table up. `since` says otherwise for a command.
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

  /** The commands that start when the scheduler does. */
  atStart(): string[] {
    const isAtStart = ({ schedule }: Track) => schedule.kind === "reboot";
    return this.items.filter(({ tracks }) => tracks.some(isAtStart)).map(({ name }) => name);
  }

  /** What is due now. Asking is taking: the same time is not handed out again. */
  take(now: number): Due[] {
    const back = this.asked - now;
    this.asked = now;
    if (back >= minute) this.setBack(back, now);
    return this.items
      .map((item) => takeFrom(item, now))
      .filter(({ slots, missed }) => slots.length + missed > 0);
  }

  /** When something is due next; undefined when nothing ever is. */
  next(): number | undefined {
    const times = this.items.flatMap(({ tracks }) => tracks.map(({ next }) => next ?? Infinity));
    const soonest = Math.min(Infinity, ...times);
    return soonest === Infinity ? undefined : soonest;
  }

  /**
   * The clock was set back: up to three hours, what has run does not run again, but for what begins with `*`;
   * after more than that cron starts afresh. (Less than a minute is a clock's own correction.)
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

/** Up to when a command's times are done with, where that is known. */
export type Since = (command: CommandFacts) => number | undefined;

interface Item {
  readonly name: string;
  readonly catchUp: CatchUp;
  readonly tracks: readonly Track[];
}

/** One schedule of a command, and how far it is. */
interface Track {
  readonly id: string;
  readonly schedule: Schedule;
  readonly clock: { timezone: string; hostTimezone: string };
  /** Whether its times count again when the clock is set back, as cron has it for what begins with `*`. */
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

/** Usually all; after a gap only the last, if it is not too late or to be made up for. */
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
