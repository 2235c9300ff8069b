import { readlinkSync, realpathSync } from "node:fs";

/** The value of TZ that makes a program use the system's time zone regardless of its environment. */
export const systemTz = ":/etc/localtime";

/**
 * The system's IANA time zone, from /etc/localtime. TZ is ignored, whether it comes from `.env`, the shell or a
 * crontab, because cron doesn't use it to interpret schedules. The first use of Intl costs a fifth of a bare start, so
 * it is used only if /etc/localtime is not a symlink that names the zone.
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
    return ""; // The file is not a symlink, because the container has no time zones or the file was copied.
  }
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return "";
  }
}

/** Intl identifies the file by comparing it with the zone database, but only if TZ is unset. */
function intlTimezone(): string {
  const { TZ } = process.env;
  delete process.env.TZ;
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  } finally {
    if (TZ !== undefined) process.env.TZ = TZ;
  }
}
