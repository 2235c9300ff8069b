import { LajuError } from "../../config/errors";
import { type DaemonTimezone, daemonTimezone } from "../../host/daemonTimezone";
import { firstDifference } from "../../host/systemZoneFiles";
import { checkZonesHere } from "../../host/zonesHere";
import type { DeployedCommand } from "../../metadata/overrides";
import { scheduledCommands } from "../app/scheduled";
import { bad, type Check, type Finding, fine, warning } from "../check";

export const timezone: Check = {
  name: "time zone",
  look() {
    return zoneTrouble(scheduledCommands()) ?? aboutDaemon(daemonTimezone());
  },
};

function zoneTrouble(commands: readonly DeployedCommand[]): Finding | undefined {
  try {
    checkZonesHere(commands);
  } catch (error) {
    if (!(error instanceof LajuError)) throw error;
    return bad(error.message, error.hint);
  }
  return outdated(commands.flatMap(({ timezone: zone }) => zone ?? []));
}

/** Guards use the system's time zone database, and commands use Node's. Where the two differ, commands don't start. */
function outdated(zones: readonly string[]): Finding | undefined {
  for (const zone of new Set(zones)) {
    const day = firstDifference(zone, Date.now());
    if (day === undefined) continue;
    return bad(
      `from ${day.toISOString().slice(0, 10)} on, Node and this system disagree on the time in ${zone}`,
      `Update the older of the two: Node (its tzdata is ${process.versions.tz}) or the system's (apt-get install tzdata).`,
    );
  }
  return undefined;
}

function aboutDaemon({ timezone: zone, isDaemonsOwn, daemon, trouble }: DaemonTimezone): Finding {
  if (trouble === "hidden") {
    const whose = isDaemonsOwn ? "as crontab:install detected it" : "the system's";
    return fine(`${zone}, ${whose}; only root can see whether ${daemon} has its own TZ`);
  }
  if (trouble !== undefined) {
    return warning(
      `${daemon} runs with TZ=${trouble.tz}, which is not a time zone; schedules are written for ${zone}`,
      "Start the daemon with the name of a time zone, such as TZ=Europe/Berlin, then run node laju crontab:install.",
    );
  }
  if (daemon === undefined) return fine(isDaemonsOwn ? `${zone}, as crontab:install detected it` : zone);
  return fine(isDaemonsOwn ? `${zone}, the TZ of ${daemon}` : zone);
}
