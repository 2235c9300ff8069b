/*
 * Runs 3,000 random expressions, 3,000 raw lines, time zones, rates, calendar forms and clock changes on the real
 * BusyBox crond with a virtual clock: `npx tsx scripts/proofs/crons.ts`. Needs root, gcc and
 * test/support/crontab/fetch-crons.sh, and takes about half an hour. Exits with the tests' status.
 */
import { spawnSync } from "node:child_process";

const { status } = spawnSync(
  "npx",
  ["vitest", "run", "--project", "daemon", "test/e2e/schedule/busybox.test.ts"],
  { stdio: "inherit", env: { ...process.env, CI: "true", LAJU_FULL: "1" } },
);
process.exitCode = status ?? 1;
