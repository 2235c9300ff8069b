import { readlinkSync, realpathSync } from "node:fs";

/** What TZ is to a program that has to go by the system's own zone, whatever its environment says. */
export const systemTz = ":/etc/localtime";

/**
 * The IANA zone of this system: what /etc/localtime holds. No TZ counts, neither of `.env` nor of the shell nor of a
 * crontab's lines: cron matches its fields by none of them. The first use of Intl costs a fifth of a bare start, so it is
 * asked only where /etc/localtime is no link that names its zone.
 */
export function systemTimezone(): string {
  const name = nameInPath(linkAt("/etc/localtime")) ?? nameInPath(targetOf("/etc/localtime"));
  return name === "Etc/UTC" ? "UTC" : (name ?? intlTimezone());
}

/** The zone that a path into the zone database names, such as "Europe/Berlin". */
export function nameInPath(path: string): string | undefined {
  return path.split("/zoneinfo/")[1]?.replace(/^(?:posix|right)\//, "");
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // No link: a container without zones, or a copied file.
  }
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return "";
  }
}

/** Intl compares the file with the zone database; it would believe TZ first, so TZ is put aside meanwhile. */
function intlTimezone(): string {
  const { TZ } = process.env;
  delete process.env.TZ;
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  } finally {
    if (TZ !== undefined) process.env.TZ = TZ;
  }
}
