import { readlinkSync, realpathSync } from "node:fs";

/** The value of TZ that makes a program use the system's time zone regardless of its environment. */
export const systemTz = ":/etc/localtime";

/**
 * The system's IANA time zone, from /etc/localtime. TZ is ignored, whether it comes from `.env`, the shell or a
 * crontab, because cron schedules don't depend on it. Uses Intl only if /etc/localtime is not a symlink that names the
 * zone, because loading Intl takes a fifth as long as a bare start of Node.
 */
export function systemTimezone(): string {
  const name = nameInPath(linkAt("/etc/localtime")) ?? nameInPath(targetOf("/etc/localtime"));
  return name === "Etc/UTC" ? "UTC" : (name ?? intlTimezone());
}

/** The time zone in the path of a zone file: "Europe/Berlin" for /usr/share/zoneinfo/Europe/Berlin. */
export function nameInPath(path: string): string | undefined {
  return path.split("/zoneinfo/")[1]?.replace(/^(?:posix|right)\//, "");
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // /etc/localtime is missing (a container without time zones) or is a copy of a zone file.
  }
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return "";
  }
}

/** Intl compares /etc/localtime with all zone files to find its name, but only if TZ is not set. */
function intlTimezone(): string {
  const { TZ } = process.env;
  delete process.env.TZ;
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  } finally {
    if (TZ !== undefined) process.env.TZ = TZ;
  }
}
