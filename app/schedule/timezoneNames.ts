import { closest } from "fastest-levenshtein";
import { LajuError } from "../errors";

/** Names of UTC, which need no look at the zone database. */
export const fixedToUtc: ReadonlySet<string> = new Set([
  "UTC",
  "Etc/UTC",
  "Etc/UCT",
  "GMT",
  "Etc/GMT",
  "Zulu",
]);

/**
 * Returns the name of a time zone, or throws. Stricter than Intl: `TZ=europe/berlin` and `TZ=+05:30`
 * silently mean something else to a shell, so only names that the zone database spells so are good.
 */
export function checkTimezone(timezone: string): string {
  const name = /^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/.test(timezone) ? canonical(timezone) : undefined;
  const isMisspelt = name?.toLowerCase() === timezone.toLowerCase() && name !== timezone;
  if (name !== undefined && (!isMisspelt || timezone === "UTC" || timezone === "GMT")) return timezone;
  const names = ["UTC", ...Intl.supportedValuesOf("timeZone")];
  const nearest =
    names.find((name) => name.toLowerCase() === timezone.toLowerCase()) ?? closest(timezone, names);
  throw new LajuError(`${JSON.stringify(timezone)} is not a time zone`, {
    code: "E_TIMEZONE",
    exitStatus: 2,
    hint: `Use a name from the time zone database, such as "${nearest}".`,
  });
}

const resolved = new Map<string, string | undefined>();

/** Intl's own name for a zone; making a formatter to ask costs a quarter of a millisecond. */
function canonical(timezone: string): string | undefined {
  if (!resolved.has(timezone)) resolved.set(timezone, resolve(timezone));
  return resolved.get(timezone);
}

function resolve(timezone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: timezone }).resolvedOptions().timeZone;
  } catch {
    // A RangeError is Intl's way of saying that there is no such zone.
    return undefined;
  }
}

/** Whether two names mean the same clock, so that cron's own rules apply to a command of that zone. */
export function isSameTimezone(one: string, other: string): boolean {
  if (one === other || (fixedToUtc.has(one) && fixedToUtc.has(other))) return true;
  if (fixedToUtc.has(one) || fixedToUtc.has(other)) return false;
  return canonical(one) !== undefined && canonical(one) === canonical(other);
}
