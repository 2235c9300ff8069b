/*
 * Compares laju's crontab entries with the behavior of real crons: `npx tsx scripts/proofs/crons.ts`. Debian's cron,
 * BusyBox and bcron run on a virtual clock; systemd-cron is tested through its generator and systemd's own calendar.
 * Each is given 3,000 random expressions, 500 schedules with time zones, rates and calendar forms, and clock changes;
 * Debian and BusyBox also 3,000 raw crontab lines. Other arguments are passed to vitest, such as `-t bcron` to test
 * only bcron. Needs root, gcc and test/support/crontab/fetch-crons.sh, and takes about an hour on two idle cores. Exits
 * with the tests' status.
 */
import { spawnSync } from "node:child_process";

const file = "test/e2e/schedule/otherCrons.test.ts";
const { status } = spawnSync(
  "npx",
  ["vitest", "run", "--project", "daemon", file, ...process.argv.slice(2)],
  {
    stdio: "inherit",
    env: { ...process.env, CI: "true", LAJU_FULL: "1" },
  },
);
process.exitCode = status ?? 1;
