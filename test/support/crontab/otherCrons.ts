import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Requirement } from "../servers/requirement";

/** Where fetch-crons.sh unpacks packages that cannot be installed next to Debian's cron. */
const folder = process.env.LAJU_CRONS ?? join(import.meta.dirname, "../../../node_modules/.cache/crons");

/** A file of one of these packages: `describe.skipIf(busybox.skip)`. With CI=true, no test is skipped. */
function unpacked(name: string, file: string): Requirement {
  const path = join(folder, name, file);
  const isThere = existsSync(path);
  return {
    skip: !isThere && process.env.CI !== "true",
    label: isThere ? "" : ` (needs ${name}: test/support/crontab/fetch-crons.sh)`,
    path: isThere ? path : undefined,
  };
}

export const busybox = unpacked("busybox-static", "bin/busybox");
export const systemdCron = unpacked(
  "systemd-cron",
  "lib/systemd/system-generators/systemd-crontab-generator",
);
export const bcron = unpacked("bcron", "usr/sbin/bcron-sched");

/** The program that starts bcron-spool for each connection. */
export const unixserver = unpacked("ucspi-unix", "usr/bin/unixserver");

/** The first process of the documented containers. */
export const tini = unpacked("tini", "usr/bin/tini");

/** bcron's library. */
export const bcronLibraries = join(folder, "libbg2/usr/lib");
