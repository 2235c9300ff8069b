import { entryId } from "../../schedule/expression/entryId";
import type { Schedule } from "../../schedule/expression/types";
import { isSameTimezone } from "../../schedule/times/timezoneNames";
import type { CronEntry, EntryOptions } from "./entry";
import { foreignLine, hostLine, intervalLine } from "./entryLines";
import { date, sleep } from "./guards";

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

/** cron starts lines at second 1; `1$(date +%S)` is the second plus 100, since dash reads 08 as octal. */
function delayUntil(second: number): string {
  return `${sleep} "$(( ${second + 100} - 1$(${date} +%S) ))" 2>/dev/null`;
}
