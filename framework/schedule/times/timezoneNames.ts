import { LajuError } from "../../config/errors";
import { isIntlsOwn, nearestTimezone } from "./timezoneHints";
import type { ZoneRules } from "./zoneFile";

/** Names of UTC, which need no look at the zone database. */
export const fixedToUtc: ReadonlySet<string> = new Set([
  "UTC",
  "Etc/UTC",
  "Etc/UCT",
  "GMT",
  "Etc/GMT",
  "Zulu",
]);

/** The system's own zone files, by which a guard in the crontab goes (`TZ=Europe/Berlin date`). */
export interface ZoneFiles {
  rulesOf(name: string): ZoneRules | undefined;
  names(): readonly string[];
}

let zoneFiles: ZoneFiles | undefined;

/** From now on a zone must be in these files too. Without them (compiled commands, systems without) Intl alone decides. */
export function useZoneFiles(files: ZoneFiles | undefined): void {
  zoneFiles = files;
  verdicts.clear();
}

/**
 * Returns the name of a time zone, or throws. A guard in the crontab reads it from the system's files, everything else
 * from Intl: so both must know the name, spelled so, and mean the same zone by it.
 */
export function checkTimezone(timezone: string): string {
  checkTimezoneName(timezone);
  const verdict = verdictOf(timezone);
  if (verdict === "fine") return timezone;
  const message = {
    unknown: `this system has no time zone ${JSON.stringify(timezone)}`,
    different: `${JSON.stringify(timezone)} means another zone to this system than to Node`,
  }[verdict];
  const canonicalName = canonical(timezone);
  const isBetter = canonicalName !== undefined && canonicalName !== timezone && isGood(canonicalName);
  throw refusal(
    message,
    isBetter ? canonicalName : nearestTimezone(timezone, namesKnown(), isGood),
    timezone,
  );
}

/** The same by Intl alone, whatever files this system has. */
export function checkTimezoneName(timezone: string): string {
  if (isIntlName(timezone)) return timezone;
  const message = `${JSON.stringify(timezone)} is not a time zone`;
  throw refusal(message, nearestTimezone(timezone, namesKnown(), isGood), timezone);
}

/** The name itself where it is that of a zone; undefined otherwise. */
export function nameableTimezone(name: string): string | undefined {
  return isGood(name) ? name : undefined;
}

function refusal(message: string, nearest: string, timezone: string): LajuError {
  const isReversed = /[+-]\d/.test(timezone) && /^Etc\/GMT[+-]/.test(nearest);
  const note = isReversed
    ? " The signs of these names are reversed: Etc/GMT-2 is two hours ahead of UTC."
    : "";
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
 * Stricter than Intl: `TZ=europe/berlin` and `TZ=+05:30` silently mean something else to a shell, so only names that
 * the zone database spells so are good.
 */
function isIntlName(timezone: string): boolean {
  const name = /^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/.test(timezone) ? canonical(timezone) : undefined;
  if (name === undefined || isIntlsOwn(timezone)) return false;
  const isMisspelt = name.toLowerCase() === timezone.toLowerCase() && name !== timezone;
  return !isMisspelt || timezone === "UTC" || timezone === "GMT";
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
 * Compared by the system's own files for the name and for what Intl takes it for: the offsets themselves differ between
 * any two editions of the database, which doctor reports.
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

// Nothing runs in the past, and after 2037 zone files only repeat themselves.
const halfMonths = Array.from(
  { length: 24 * 13 },
  (_, index) => (Date.UTC(2024, 0, 1) + index * 1_314_000_000) / 60_000,
);

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
