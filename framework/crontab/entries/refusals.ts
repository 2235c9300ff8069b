import type { CronFacts } from "../../host/crons";
import type { Schedule } from "../../schedule/expression/types";

/** Why this cron cannot start the schedule at exactly its times, and what to use instead; undefined if it can. */
export function refusalOf(
  schedule: Schedule,
  cron: CronFacts,
): { reason: string; remedy: string } | undefined {
  if (schedule.kind === "reboot" && !cron.hasReboot) {
    const crash = cron.name === "busybox" ? ", and crashes on a line that begins with @" : "";
    return {
      reason: `${cron.label} has no @reboot${crash}`,
      remedy:
        "Start the command where the host or the container starts (node laju run NAME), or use node laju schedule:work.",
    };
  }
  if (hasSeconds(schedule) && !cron.isPrompt) {
    return {
      reason: `${cron.label} starts commands up to a minute late, which is too coarse for seconds`,
      remedy:
        "Leave the seconds out, write timers with node laju crontab --format systemd, or use node laju schedule:work.",
    };
  }
  return undefined;
}

function hasSeconds(schedule: Schedule): boolean {
  return schedule.kind === "calendar" && schedule.second.values.some((second) => second !== 0);
}
