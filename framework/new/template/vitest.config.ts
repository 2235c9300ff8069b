import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The same alias as in tsconfig.json.
    alias: { "app/": `${join(import.meta.dirname, "app")}/` },
    testTimeout: 30_000,
    // The first test of a run creates its database by running the migrations.
    hookTimeout: 60_000,
  },
});
