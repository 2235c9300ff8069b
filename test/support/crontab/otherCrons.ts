import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Requirement } from "../servers/requirement";

/** The folder into which fetch-crons.sh unpacks packages that cannot be installed next to Debian's cron. */
const folder = process.env.LAJU_CRONS ?? join(import.meta.dirname, "../../../node_modules/.cache/crons");

/** A program from one of these packages, for `describe.skipIf(busybox.skip)`. With CI=true, tests are never skipped. */
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

/** unixserver, which starts a bcron-spool for each connection. */
export const unixserver = unpacked("ucspi-unix", "usr/bin/unixserver");

/** tini, the first process in the documented containers. */
export const tini = unpacked("tini", "usr/bin/tini");

/** The folder of bcron's library. */
export const bcronLibraries = join(folder, "libbg2/usr/lib");
