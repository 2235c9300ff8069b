import { readlinkSync } from "node:fs";

/**
 * This host's own IANA zone: what its cron goes by. The first use of Intl costs a fifth of a bare start, so a host on
 * UTC, as most servers are, is known without it.
 */
export function hostTimezone(): string {
  return isOnUtc() ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function isOnUtc(): boolean {
  const name = process.env.TZ ?? nameOfLocalTime();
  return name === "UTC" || name === "Etc/UTC";
}

/** What /etc/localtime points to, as Intl reads it. */
function nameOfLocalTime(): string | undefined {
  try {
    return readlinkSync("/etc/localtime").split("/zoneinfo/")[1];
  } catch {
    return undefined; // No link: a container without zones, or a copied file.
  }
}
