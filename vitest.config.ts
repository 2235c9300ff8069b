import { join } from "node:path";
import { defineConfig } from "vitest/config";

const shared = {
  globalSetup: [join(import.meta.dirname, "test/support/template.ts")],
  alias: { "app/": `${join(import.meta.dirname, "app")}/` },
  // Real servers, daemons and builds: generous limits, never sleeps.
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

/** Each takes ten seconds and more: `npm test` leaves them to `npm run test:all`, and stays under two minutes. */
const long = [
  "test/build/{build,imports,jobs,memory,shared,vendor}.test.ts",
  "test/commands/{engines,examples,BackupPostgres,CrontabCheck,CrontabRoot,Doctor,Logs}.test.ts",
  "test/console/{commandForms,crontabInstaller,explain,makeCommand,makeJob,monitor,queueVerbs}.test.ts",
  "test/console/{scheduleWork,switchCommand}.test.ts",
  "test/queue/{*Workers,*Failures,*Plans,*Troubles,bullmq,bullmqTools,chaos,jobNotices,mysql,postgres}.test.ts",
  "test/runs/{endings,kills,nesting,notices,oneServer,overlap,rotateLogs,timeLimit}.test.ts",
  "test/schedule/{systemdCalendar,virtualCron}.test.ts",
  "test/services/{betterSqlite3,DB,Redis}.test.ts",
];

const last = [
  "test/e2e/schedule/**/*.test.ts",
  "test/e2e/{cron,cron.e2e,cronD,daemonTimezone,scheduleWork}.test.ts",
];

export default defineConfig({
  test: {
    // Two test files at a time: most of them start processes of their own.
    maxWorkers: 2,
    projects: [
      {
        test: { ...shared, name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/e2e/**", ...long] },
      },
      {
        // What needs the machine for itself (the cron daemon, pm2, several Nodes), and what takes long.
        test: {
          ...shared,
          name: "e2e",
          include: ["test/e2e/**/*.test.ts", ...long],
          exclude: last,
          testTimeout: 240_000,
        },
      },
      {
        // Daemons on virtual clocks take all of the machine: last, and beside nothing but what waits for the real one.
        test: {
          ...shared,
          name: "daemon",
          include: last,
          testTimeout: 240_000,
          sequence: { groupOrder: 1 },
          // All at once: four of them do little but wait for the next minute.
          maxWorkers: 6,
          // One for each of two processors: see VC_LANE of test/support/virtual-cron/vclock.c.
          maxConcurrency: 2,
        },
      },
    ],
  },
});
