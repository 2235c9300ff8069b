import { join } from "node:path";
import { defineConfig } from "vitest/config";

const shared = {
  globalSetup: [join(import.meta.dirname, "test/support/vendor.ts")],
  alias: { "app/": `${join(import.meta.dirname, "app")}/` },
  // Real servers, daemons and builds: generous limits, never sleeps.
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    // Two test files at a time: most of them start processes of their own.
    maxWorkers: 2,
    projects: [
      {
        test: { ...shared, name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/e2e/**"] },
      },
      {
        // What needs the machine for itself: the cron daemon, pm2, several Nodes.
        test: { ...shared, name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 240_000 },
      },
    ],
  },
});
