import { existsSync, realpathSync } from "node:fs";
import { isSameTimezone } from "../../schedule/timezoneNames";
import { hostClock } from "../hostClock";
import { bad, type Check, fine, warning } from "./check";
import { scheduledCommands } from "./scheduled";

const folder = "/usr/share/zoneinfo";

export const timezone: Check = {
  name: "time zone",
  look() {
    const { hostTimezone } = hostClock();
    const zones = [...new Set(scheduledCommands().flatMap(({ timezone: zone }) => zone ?? []))];
    const missing = zones.filter((zone) => !existsSync(`${folder}/${zone}`));
    if (missing.length > 0) {
      return bad(
        `this system has no data of ${missing.join(", ")}: its commands start by UTC`,
        "Install the time zones: apt-get install tzdata (Alpine: apk add tzdata).",
      );
    }
    const daemons = systemTimezone();
    if (daemons === undefined || isSameTimezone(daemons, hostTimezone)) return fine(hostTimezone);
    return warning(
      `TZ says ${hostTimezone} here, and cron goes by the system's ${daemons}`,
      "Unset TZ before crontab:install, or set the system's zone (timedatectl set-timezone) and restart cron.",
    );
  },
};

/** What /etc/localtime points to: cron starts without TZ. */
function systemTimezone(): string | undefined {
  try {
    const path = realpathSync("/etc/localtime");
    return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
  } catch {
    return undefined;
  }
}
