import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

let app: TestApp;
beforeAll(() => {
  app = makeApp({
    "commands/Greets.ts": `import { command } from "../app/console/command";
      export default command({ description: "Greets", timeout: "1m", run: () => "hello" });`,
    "later.ts": "export const later = true;",
    "test/Greets.test.ts": `import { expect, test } from "vitest";
      import greets from "../commands/Greets";
      test("greets", async () => {
        expect(greets.run({} as never)).toBe("hello");
        // Wait for one more import: those that the command started were requested earlier, so they have finished by then.
        expect((await import("../later")).later).toBe(true);
      });`,
    "vitest.config.mjs": `import { appendFileSync } from "node:fs";
      const note = (code, id) => void appendFileSync("loaded", id + "\\n");
      export default { cacheDir: "cache", plugins: [{ name: "note", transform: note }] };`,
  });
});
afterAll(() => app.remove());

test("a test that imports a command loads the declaring module but nothing that runs commands", async () => {
  const vitest = join(app.root, "node_modules/vitest/vitest.mjs");
  const ended = await app.run([vitest, "run", "test/Greets.test.ts"]);
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  const loaded = app
    .read("loaded")
    .split("\n")
    .filter((id) => id.startsWith(`${app.root}/`));
  expect([...new Set(loaded)].map((id) => id.slice(app.root.length + 1)).sort()).toEqual([
    "app/console/command.ts",
    "commands/Greets.ts",
    "framework/config/config.ts",
    "framework/config/duration.ts",
    "framework/config/envFile.ts",
    "framework/config/errors.ts",
    "framework/config/findRoot.ts",
    "framework/config/groups.ts",
    "framework/config/launch.ts",
    "framework/config/loadEnvFile.ts",
    "framework/config/mailAddresses.ts",
    "framework/config/readText.ts",
    "framework/config/readers.ts",
    "framework/config/require.ts",
    "framework/config/rootProblem.ts",
    "framework/config/sourceEntry.ts",
    "framework/config/sqliteOnNode20.ts",
    "framework/config/testEnvironment.ts",
    "framework/config/wholeNumber.ts",
    "framework/process/thisProcess.ts",
    "framework/runs/nesting/partPort.ts",
    "framework/start/command.ts",
    "later.ts",
    "test/Greets.test.ts",
  ]);
});
