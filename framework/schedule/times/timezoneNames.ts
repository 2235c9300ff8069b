import { LajuError } from "../../config/errors";
import { isIntlOnly, nearestTimezone } from "./timezoneHints";
import type { ZoneRules } from "./zoneFile";

/** Names that always mean UTC, so they need not be looked up. */
export const fixedToUtc: ReadonlySet<string> = new Set([
  "UTC",
  "Etc/UTC",
  "Etc/UCT",
  "GMT",
  "Etc/GMT",
  "Zulu",
]);

/** The system's zone files, which time zone guards in the crontab use (`TZ=Europe/Berlin date`). */
export interface ZoneFiles {
  rulesOf(name: string): ZoneRules | undefined;
  names(): readonly string[];
}

let zoneFiles: ZoneFiles | undefined;

/**
 * Sets the zone files against which names are checked, in addition to Intl. Compiled commands don't set any, so they
 * use only Intl.
 */
export function useZoneFiles(files: ZoneFiles | undefined): void {
  zoneFiles = files;
  verdicts.clear();
}

/**
 * Returns the name of a time zone, or throws. Time zone guards in the crontab use the system's zone files, and
 * everything else uses Intl. So the name, as spelled here, must mean the same zone to both.
 */
export function checkTimezone(timezone: string): string {
  checkTimezoneName(timezone);
  const verdict = verdictOf(timezone);
  if (verdict === "fine") return timezone;
  const message = {
    unknown: `this system has no time zone ${JSON.stringify(timezone)}`,
    different: `${JSON.stringify(timezone)} is a different time zone for this system than for Node`,
  }[verdict];
  const canonicalName = canonical(timezone);
  const isBetter = canonicalName !== undefined && canonicalName !== timezone && isGood(canonicalName);
  throw timezoneError(
    message,
    isBetter ? canonicalName : nearestTimezone(timezone, namesKnown(), isGood),
    timezone,
  );
}

/** Like checkTimezone(), but asks only Intl, not the system's files. */
export function checkTimezoneName(timezone: string): string {
  if (isIntlName(timezone)) return timezone;
  const message = `${JSON.stringify(timezone)} is not a time zone`;
  throw timezoneError(message, nearestTimezone(timezone, namesKnown(), isGood), timezone);
}

/** The name itself if it is valid; undefined otherwise. */
export function nameableTimezone(name: string): string | undefined {
  return isGood(name) ? name : undefined;
}

function timezoneError(message: string, nearest: string, timezone: string): LajuError {
  const isReversed = /[+-]\d/.test(timezone) && /^Etc\/GMT[+-]/.test(nearest);
  const note = isReversed ? " The sign in these names is reversed: Etc/GMT-2 is two hours ahead of UTC." : "";
  return new LajuError(message, {
    code: "E_TIMEZONE",
    exitStatus: 2,
    hint: `Use a name from the time zone database, such as "${nearest}".${note}`,
  });
}

function isGood(name: string): boolean {
  return isIntlName(name) && verdictOf(name) === "fine";
}

/**
 * Accepts only names exactly as the zone database spells them. Intl is less strict, but `TZ=europe/berlin` and
 * `TZ=+05:30` silently mean something else in a shell.
 */
function isIntlName(timezone: string): boolean {
  const name = /^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/.test(timezone) ? canonical(timezone) : undefined;
  if (name === undefined || isIntlOnly(timezone)) return false;
  const isMisspelled = name.toLowerCase() === timezone.toLowerCase() && name !== timezone;
  return !isMisspelled || timezone === "UTC" || timezone === "GMT";
}

function namesKnown(): string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone"), ...(zoneFiles?.names() ?? [])];
}

type Verdict = "fine" | "unknown" | "different";
const verdicts = new Map<string, Verdict>();

function verdictOf(timezone: string): Verdict {
  let verdict = verdicts.get(timezone);
  if (verdict === undefined) {
    verdict = zoneFiles === undefined ? "fine" : compareWithFile(timezone, zoneFiles);
    verdicts.set(timezone, verdict);
  }
  return verdict;
}

/**
 * Whether the system's zone files have the same times for this name and for Intl's canonical name. This doesn't compare
 * with Intl's offsets, because Intl may use another edition of the time zone database (which doctor reports).
 */
function compareWithFile(timezone: string, files: ZoneFiles): Verdict {
  const rules = files.rulesOf(timezone);
  if (rules === undefined) return "unknown";
  const own = canonical(timezone);
  const ownRules = own === undefined || own === timezone ? undefined : files.rulesOf(own);
  if (ownRules === undefined) return "fine";
  return halfMonths.every((minute) => rules.offsetAt(minute) === ownRules.offsetAt(minute))
    ? "fine"
    : "different";
}

// The minutes at which to compare two zones: two per month from 2024 on. Earlier years don't matter, and after 2037 zone
// files repeat the same rules.
const halfMonths = Array.from(
  { length: 24 * 13 },
  (_, index) => (Date.UTC(2024, 0, 1) + index * 1_314_000_000) / 60_000,
);

const resolved = new Map<string, string | undefined>();

/** Intl's canonical name for a zone. Cached, because creating a formatter costs a quarter of a millisecond. */
function canonical(timezone: string): string | undefined {
  if (!resolved.has(timezone)) resolved.set(timezone, resolve(timezone));
  return resolved.get(timezone);
}

function resolve(timezone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: timezone }).resolvedOptions().timeZone;
  } catch {
    return undefined; // Intl throws a RangeError if there is no such zone.
  }
}

/**
 * Whether two names mean the same time zone. In the host's zone, cron decides when a command starts; in another zone,
 * laju does.
 */
export function isSameTimezone(one: string, other: string): boolean {
  if (one === other || (fixedToUtc.has(one) && fixedToUtc.has(other))) return true;
  if (fixedToUtc.has(one) || fixedToUtc.has(other)) return false;
  return canonical(one) !== undefined && canonical(one) === canonical(other);
}
