import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { importForms } from "../../support/apps/importForms";

let app: TestApp;
beforeAll(async () => {
  app = makeApp(importForms);
  // Write a source after the build, because laju then runs from source first.
  const migration = "app/migrations/20270101000000_create_greetings.ts";
  app.write(migration, importForms[migration]);
});
afterAll(() => app?.remove());

const tsx = "node_modules/tsx/dist/cli.mjs";
const ways: [string, (name: string) => [words: string[], cwd: string]][] = [
  ["by tsx", (name) => [[tsx, `commands/${name}.ts`], "."]],
  ["compiled, from the root", (name) => [[`build/commands/${name}.js`], "."]],
  ["compiled, from build/ as cron does", (name) => [[`commands/${name}.js`], "build"]],
];

describe("each laju module is loaded once, however it is imported", () => {
  test("in a migration, from source and from the build", async () => {
    const fromSource = await app.laju("migrate");
    expect(fromSource).toMatchObject({ status: 0 });
    expect(fromSource.stdout + fromSource.stderr).toContain('"oneLogger":true');
    const built = await app.laju("build");
    expect(built).toMatchObject({ status: 0, stderr: "" });
    expect(built.stdout).not.toContain("imports nothing of laju's");
    expect(await app.laju("migrate:rollback")).toMatchObject({ status: 0 });
    expect(await app.laju("migrate")).toMatchObject({ status: 0 });
  });

  test.each(ways)("in commands, a script and a job, %s", async (_, way) => {
    const start = (name: string, ...args: string[]) => {
      const [words, cwd] = way(name);
      return app.run([...words, ...args], { cwd: join(app.root, cwd) });
    };
    expect(await start("Queues")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("one DB: true"),
    });
    expect(await start("Worker", "--once")).toMatchObject({ status: 0, stderr: "" });
    expect(await start("script")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"greetings":1'),
    });
    expect(await start("reports/Prints")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Hello Ada\n"),
    });
    expect(readdirSync(join(app.root, "data", "outbox")).length).toBeGreaterThan(0);
  });
});
