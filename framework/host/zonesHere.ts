import { LajuError } from "../config/errors";
import type { CommandFacts } from "../metadata/manifest";
import { checkTimezone } from "../schedule/times/timezoneNames";
import { hasZoneFiles } from "./systemZoneFiles";

/**
 * Throws if this system's date(1) doesn't know a command's time zone. The entry's check of the time, which calls
 * date(1), would then silently use UTC.
 */
export function checkZonesHere(commands: readonly CommandFacts[]): void {
  for (const { name, timezone } of commands) {
    if (timezone === null) continue;
    if (!hasZoneFiles()) {
      throw new LajuError(
        `${name} needs the time zone ${timezone}, but this system has no time zones installed`,
        {
          code: "E_TIMEZONE",
          hint: "Install the time zones: apt-get install tzdata (Alpine: apk add tzdata).",
        },
      );
    }
    checkOne(name, timezone);
  }
}

function checkOne(name: string, timezone: string): void {
  try {
    checkTimezone(timezone);
  } catch (error) {
    if (!(error instanceof LajuError)) throw error;
    const { code, hint = "" } = error;
    throw new LajuError(`${name}: ${error.message}`, { code, hint, cause: error });
  }
}
