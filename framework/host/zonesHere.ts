import { LajuError } from "../config/errors";
import type { CommandFacts } from "../metadata/manifest";
import { checkTimezone } from "../schedule/times/timezoneNames";
import { hasZoneFiles } from "./systemZoneFiles";

/** Throws for a command whose zone this system's date does not have: its guard would go by UTC, and nothing would tell. */
export function checkZonesHere(commands: readonly CommandFacts[]): void {
  for (const { name, timezone } of commands) {
    if (timezone === null) continue;
    if (!hasZoneFiles()) {
      throw new LajuError(`${name} needs ${timezone}, and this system has no time zones`, {
        code: "E_TIMEZONE",
        hint: "Install them: apt-get install tzdata (Alpine: apk add tzdata).",
      });
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
