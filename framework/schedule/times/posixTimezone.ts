import { nameableTimezone } from "./timezoneNames";

/**
 * The name of the time zone that a C program uses for a value of TZ. `system` is the zone of /etc/localtime. Undefined
 * if no zone name corresponds to the value, such as "CET-1CEST,M3.5.0,M10.5.0/3".
 */
export function timezoneOfTz(tz: string | undefined, system: string): string | undefined {
  if (tz === undefined) return system;
  const value = tz.replace(/^:/, "");
  if (value === "/etc/localtime") return system;
  const name = value.replace(/^.*\/zoneinfo\//, "").replace(/^posix\//, "");
  if (name === "") return "UTC";
  return nameableTimezone(name) ?? fixedTimezone(name);
}

/** In POSIX, "UTC+2" is two hours *behind* UTC, and an unknown name means UTC. */
function fixedTimezone(text: string): string | undefined {
  const [all, sign, hours] = /^(?:[A-Za-z]{3,}|<[\w+-]{3,}>)(?:([+-]?)(\d{1,2})(?::?00)?)?$/.exec(text) ?? [];
  if (all === undefined) return /^[A-Za-z_]+\//.test(text) ? "UTC" : undefined;
  if (hours === undefined || Number(hours) === 0) return "UTC";
  return nameableTimezone(`Etc/GMT${sign || "+"}${Number(hours)}`);
}
