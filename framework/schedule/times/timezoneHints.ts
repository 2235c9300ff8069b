import { closest } from "fastest-levenshtein";
import { intlOffset } from "./intlOffset";

/** Abbreviations, and the zones that people most likely mean by them. */
const abbreviations: Readonly<Record<string, string>> = {
  ACDT: "Australia/Adelaide",
  ACST: "Australia/Darwin",
  AEDT: "Australia/Sydney",
  AEST: "Australia/Sydney",
  AKDT: "America/Anchorage",
  AKST: "America/Anchorage",
  ADT: "America/Halifax",
  AST: "America/Halifax",
  AWST: "Australia/Perth",
  BRT: "America/Sao_Paulo",
  BST: "Europe/London",
  CAT: "Africa/Maputo",
  CDT: "America/Chicago",
  CEST: "Europe/Berlin",
  CST: "America/Chicago",
  EAT: "Africa/Nairobi",
  EDT: "America/New_York",
  EEST: "Europe/Athens",
  HKT: "Asia/Hong_Kong",
  IST: "Asia/Kolkata",
  JST: "Asia/Tokyo",
  KST: "Asia/Seoul",
  MDT: "America/Denver",
  MSK: "Europe/Moscow",
  NST: "America/St_Johns",
  NZDT: "Pacific/Auckland",
  NZST: "Pacific/Auckland",
  PDT: "America/Los_Angeles",
  PST: "America/Los_Angeles",
  SAST: "Africa/Johannesburg",
  SGT: "Asia/Singapore",
  WAT: "Africa/Lagos",
  WEST: "Europe/Lisbon",
  Z: "UTC",
};

/** Legacy Java names that Intl accepts but for which there are no zone files: `TZ=PST date` silently uses UTC. */
const intlOnlyNames = new Set(
  "ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST".split(
    " ",
  ),
);

export function isIntlOnly(name: string): boolean {
  return intlOnlyNames.has(name) || name.startsWith("SystemV/");
}

/** The time zone that was most likely meant: the first valid guess, or else the most similar name. */
export function nearestTimezone(
  typed: string,
  names: readonly string[],
  isGood: (name: string) => boolean,
): string {
  for (const guess of guesses(typed.trim(), names)) {
    if (guess !== undefined && isGood(guess)) return guess;
  }
  return closest(
    typed,
    names.filter((name) => !/^(posix|right)\//.test(name)),
  );
}

function* guesses(typed: string, names: readonly string[]): Generator<string | undefined> {
  const path = typed.replace(/^:?(?:.*\/zoneinfo\/)?(?:(?:posix|right)\/)?/i, "").replaceAll(" ", "_");
  const lower = path.toLowerCase();
  yield names.find((name) => name.toLowerCase() === lower);
  yield Object.hasOwn(abbreviations, path.toUpperCase()) ? abbreviations[path.toUpperCase()] : undefined;
  yield ofOffset(path, names);
  yield names.find((name) => name.toLowerCase().endsWith(`/${lower}`));
  // This finds the zones meant by "America/NewYork" and "Asia/HongKong".
  yield names.find((name) => name.replaceAll("_", "").toLowerCase() === lower.replaceAll(/[_-]/g, ""));
}

/**
 * Finds the zone meant by "GMT+2", "UTC+02:00" or "+05:30": hours ahead of UTC, as people write them. (POSIX uses the
 * opposite sign.)
 */
function ofOffset(text: string, names: readonly string[]): string | undefined {
  const [, sign, hours, minutes = "00"] = /^(?:UTC|GMT|Z)?([+-])(\d{1,2})(?::?(\d\d))?$/i.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const size = Number(hours) * 60 + Number(minutes);
  if (size === 0) return "UTC";
  if (size % 60 === 0) return `Etc/GMT${sign === "+" ? "-" : "+"}${size / 60}`;
  const wanted = sign === "-" ? -size : size;
  return names.find((name) => !name.includes(".") && isConstant(name, wanted));
}

function isConstant(name: string, offset: number): boolean {
  const [winter, summer] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)];
  try {
    return [winter, summer].every((time) => intlOffset(name, time / 60_000) === offset);
  } catch {
    return false; // Intl doesn't know this zone file.
  }
}
