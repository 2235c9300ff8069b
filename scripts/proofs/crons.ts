/*
 * Tests every cron that can be run, at full size: `npx tsx scripts/proofs/crons.ts`. Debian's cron, BusyBox and bcron on a
 * virtual clock, systemd-cron through its generator and systemd's own calendar. For each: 3,000 random expressions, 500
 * schedules of zones, rates and calendar forms, and clock changes; 3,000 raw lines for Debian and BusyBox. Further words
 * reach vitest: `-t bcron` for that one alone. Needs root, gcc and test/support/crontab/fetch-crons.sh, and takes about
 * an hour on two idle processors. Ends with the tests' status.
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
