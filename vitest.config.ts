import { join } from "node:path";
import { defineConfig } from "vitest/config";

const shared = {
  globalSetup: [join(import.meta.dirname, "test/support/apps/template.ts")],
  setupFiles: [join(import.meta.dirname, "test/support/apps/emptyRoot.ts")],
  alias: { "app/": `${join(import.meta.dirname, "app")}/` },
  // Tests use real servers, daemons and builds, so their time limits are generous.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // CI has only two cores, so a test may fail for lack of time. Retry it once: vitest reports whether it then passes.
  retry: process.env.CI === "true" ? 1 : 0,
};

/**
 * Tests that take ten seconds or more each. They run only with `npm run test:all`, so that `npm test` takes under two
 * minutes.
 */
const long = [
  "test/commands/native/{Completion,CrontabCheck,CrontabRoot,Doctor,Logs,Report,RunsPrune}.test.ts",
  "test/commands/{crontabExample,engines,examples}.test.ts",
  "test/docs/{exitStatuses,jsonTypes,samples,sessions}.test.ts",
  "test/framework/build/vendor/vendor.test.ts",
  "test/framework/build/{build,buildCache,cli,importForms,imports,jobs,programs,shared}.test.ts",
  "test/framework/catalog/deployedOverrides.test.ts",
  "test/framework/crontab/entries/virtualCron.test.ts",
  "test/framework/crontab/exports/{crontabExport,systemdCalendar}.test.ts",
  "test/framework/crontab/install/{installer,switchCommand}.test.ts",
  "test/framework/make/{makeCommand,makeJob,makeMigration}.test.ts",
  "test/framework/new/upgrade.test.ts",
  "test/framework/monitor/{jobNotices,monitor}.test.ts",
  "test/framework/queue/chaos.test.ts",
  "test/framework/queue/engines/server/tablesFailures.test.ts",
  "test/framework/queue/engines/sqlite/{sqliteTroubles,sqliteWorkers}.test.ts",
  "test/framework/queue/engines/{bullmq,mysql,postgres}/*.test.ts",
  "test/framework/queue/worker/buildWorkers.test.ts",
  "test/framework/runs/lock/overlap.test.ts",
  "test/framework/runs/logs/rotateLogs.test.ts",
  "test/framework/runs/nesting/nesting.test.ts",
  "test/framework/runs/notices/notices.test.ts",
  "test/framework/runs/servers/oneServer.test.ts",
  "test/framework/runs/supervision/{endings,kills,pause,timeLimit}.test.ts",
  "test/framework/scheduler/scheduleWork.test.ts",
  "test/framework/services/backup/*.test.ts",
  "test/framework/services/database/migrator.test.ts",
  "test/framework/services/redis/blockingCommands.test.ts",
  "test/framework/services/{DB,Redis,betterSqlite3}.test.ts",
  "test/framework/start/commandForms.test.ts",
  "test/framework/testing/serverDatabases.test.ts",
  "test/framework/views/explanation.test.ts",
  "test/framework/views/queue/queueVerbs.test.ts",
  "test/scripts/demo/demo.test.ts",
];

const last = [
  "test/e2e/schedule/**/*.test.ts",
  "test/e2e/{otherCrons,cron,cron.e2e,cronD,daemonTimezone,scheduleWork}.test.ts",
];

export default defineConfig({
  test: {
    // Run three test files at a time on two processors, because tests often wait for servers and clocks.
    maxWorkers: 3,
    projects: [
      {
        test: { ...shared, name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/e2e/**", ...long] },
      },
      {
        // Tests that take long or need the machine to themselves (the cron daemon, pm2, several versions of Node).
        test: {
          ...shared,
          name: "e2e",
          include: ["test/e2e/**/*.test.ts", ...long],
          exclude: last,
          testTimeout: 240_000,
          // How many tests of a file may run at the same time.
          maxConcurrency: 2,
        },
      },
      {
        // Daemons on virtual clocks, which use the whole machine. They run last, together only with tests that wait for
        // the real clock.
        test: {
          ...shared,
          name: "daemon",
          include: last,
          testTimeout: 240_000,
          sequence: { groupOrder: 1 },
          // Run all of these at once, because most of them only wait for the next minute.
          maxWorkers: 12,
          // One for each of two CPUs: see VC_LANE in test/support/virtual-cron/vclock.c.
          maxConcurrency: 2,
        },
      },
    ],
  },
});
