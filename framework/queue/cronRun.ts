import { LajuError } from "../config/errors";
import { parseSchedule } from "../schedule/expression/expression";
import { nextFirings } from "../schedule/times/firings";

export interface CronRun {
  expression: string;
  timezone: string;
}

/** The cron job's next run after `now`, in milliseconds since the epoch; undefined if there are no more. */
export function nextCronRun(
  { expression, timezone }: CronRun,
  type: string,
  now: number,
): number | undefined {
  const schedule = parseSchedule(expression, { name: type });
  return nextFirings(schedule, { from: new Date(now), timezone, count: 1 })[0]?.getTime();
}

/** The first run of a new cron job. Throws if there is none. */
export function firstCronRun(cron: CronRun, type: string, now: number): number {
  const first = nextCronRun(cron, type, now);
  if (first !== undefined) return first;
  throw new LajuError(`the schedule ${JSON.stringify(cron.expression)} of ${type} never fires`, {
    code: "E_SCHEDULE",
    exitStatus: 2,
    hint: "A cron job needs times, such as 0 2 * * * or rate(2 hours).",
  });
}
