import { stableHash } from "../../schedule/expression/hash";
import { renderSchedule } from "../../schedule/expression/render";
import type { Schedule } from "../../schedule/expression/types";
import { isSameTimezone } from "../../schedule/times/timezoneNames";
import { foreignLine, hostLine, intervalLine } from "./entryLines";
import { date, sleep } from "./guards";

/** One line of a crontab, but for the command. */
export interface CronEntry {
  /** Five fields, or @reboot, exactly as cron has them. */
  readonly fields: string;
  /** `case … in PATTERN)`; the command follows, then ` ;; esac`. Any % is still to be escaped. */
  readonly guard?: string;
  /** A shell command that waits for the second within the minute; to be followed by `;`. */
  readonly delay?: string;
  /** The second of the minute at which it starts. */
  readonly second: number;
  /** Names the schedule and its zone, in letters and digits only: what LAJU_ENTRY is set to. */
  readonly id: string;
  /**
   * Whether the line may start the command at other moments than the schedule's, so that the command has to
   * look for itself. False: cron alone is exact.
   */
  readonly isCoarse: boolean;
}

export interface EntryOptions {
  /** The zone of the schedule; the host's if absent. */
  readonly timezone?: string;
  readonly hostTimezone: string;
  /** Whether that is the daemon's own zone (TZ in its environment) and not the system's, which guards see otherwise. */
  readonly isDaemonsOwn?: boolean | undefined;
  /** For lines without a command that decides: nothing but the schedule's own times may pass. */
  readonly portable?: boolean;
}

/** The crontab lines that start a command at its schedule's times, on a host in this zone. */
export function cronEntries(schedule: Schedule, options: EntryOptions): CronEntry[] {
  const { hostTimezone, timezone = hostTimezone } = options;
  const id = entryId(schedule, options.timezone);
  if (schedule.kind === "reboot") return [{ fields: "@reboot", second: 0, id, isCoarse: false }];
  if (schedule.kind === "interval") return [{ ...intervalLine(schedule, hostTimezone), second: 0, id }];
  const isForeign = !isSameTimezone(timezone, hostTimezone);
  const line = isForeign ? foreignLine(schedule, { ...options, timezone }) : hostLine(schedule, options);
  return schedule.second.values.map((second) => ({
    ...line,
    ...(second > 0 && { delay: delayUntil(second) }),
    second,
    id,
  }));
}

/** A name for a schedule in a zone that survives moving it within the file. */
export function entryId(schedule: Schedule, timezone: string | undefined): string {
  return stableHash(`${renderSchedule(schedule)}\n${timezone ?? ""}`)
    .toString(16)
    .padStart(8, "0");
}

/** cron starts lines at second 1; `1$(date +%S)` is the second plus 100, since dash reads 08 as octal. */
function delayUntil(second: number): string {
  return `${sleep} "$(( ${second + 100} - 1$(${date} +%S) ))" 2>/dev/null`;
}
