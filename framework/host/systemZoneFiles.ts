import { existsSync, readdirSync, readFileSync } from "node:fs";
import { intlOffset } from "../schedule/times/intlOffset";
import { useZoneFiles } from "../schedule/times/timezoneNames";
import { readZoneFile, type ZoneRules } from "../schedule/times/zoneFile";

/** The folder in which date(1) looks up time zones, regardless of the C library. */
export const zoneFolder = "/usr/share/zoneinfo";

/** Makes time zone checks also use this system's zone files, if it has any (a new Alpine image has none). */
export function checkZonesOnThisSystem(): void {
  if (!hasZoneFiles()) return;
  useZoneFiles({ rulesOf, names: () => readdirSync(zoneFolder, { recursive: true, encoding: "utf8" }) });
}

export function hasZoneFiles(): boolean {
  return existsSync(`${zoneFolder}/Europe`) || existsSync(`${zoneFolder}/Etc`);
}

/**
 * The first day in the coming year on which the system's zone file and Node disagree, because one of them is out of
 * date.
 */
export function firstDifference(timezone: string, from: number): Date | undefined {
  const rules = rulesOf(timezone);
  for (let time = from; time < from + yearMs; time += dayMs) {
    const minute = Math.floor(time / 60_000);
    if (rules?.offsetAt(minute) !== intlOffset(timezone, minute)) return new Date(time);
  }
  return undefined;
}

const dayMs = 86_400_000;
const yearMs = 366 * dayMs;

function rulesOf(name: string): ZoneRules | undefined {
  try {
    return readZoneFile(readFileSync(`${zoneFolder}/${name}`));
  } catch {
    return undefined; // There is no such zone, or the name is a folder.
  }
}
