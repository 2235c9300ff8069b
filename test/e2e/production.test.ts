import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/apps/app";
import { importForms } from "../support/apps/importForms";

const isSlowWanted = process.env.CI === "true" || process.env.LAJU_TEST_PRODUCTION === "1";
const label = isSlowWanted ? "" : " (LAJU_TEST_PRODUCTION=1 installs it)";

/** Programs that laju and its commands must not start once they are built. */
const tools = ["esbuild", "oxc-parser", "tsx", "typescript", "vitest", "pm2"];

describe.skipIf(!isSlowWanted)(`a release: npm ci --omit=dev and a copied build${label}`, () => {
  let app: TestApp;
  let release: string;
  beforeAll(() => {
    app = makeApp(importForms, { fromSources: true });
    release = app.root;
    expect(run("node", "laju", "build")).toMatchObject({ status: 0 });
    rmSync(join(release, "node_modules"));
    // Copy the drivers that this project's npm ci compiled, because compiling them takes minutes. Everything else is
    // installed anew.
    expect(run("npm", "ci", "--omit=dev", "--ignore-scripts")).toMatchObject({ status: 0 });
    for (const name of ["better-sqlite3", "better-sqlite3-node20"]) copyCompiled(name);
    app.write(".env", "NODE_ENV=demo\nDATABASE_URL=file:data/production.sqlite3\n");
  }, 600_000);
  afterAll(() => app?.remove());

  function run(program: string, ...args: string[]) {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: "C.UTF-8", TZ: "UTC" };
    return spawnSync(program, args, { cwd: release, encoding: "utf8", env });
  }

  function copyCompiled(name: string): void {
    const compiled = join(import.meta.dirname, "..", "..", "node_modules", name, "build");
    const target = join(release, "node_modules", name, "build");
    if (existsSync(compiled)) cpSync(compiled, target, { recursive: true });
  }

  test("has no development tools", () => {
    const there = tools.filter((name) => existsSync(join(release, "node_modules", name)));
    expect(there).toEqual([]);
  });

  test.each([
    ["with its sources", []],
    ["without them", ["app", "commands", "framework"]],
  ])("lists, migrates, runs and prints its crontab %s", (_, removed) => {
    for (const folder of removed) rmSync(join(release, folder), { recursive: true });
    rmSync(join(release, "data"), { recursive: true, force: true });

    const listed = run("node", "laju", "list");
    expect(listed).toMatchObject({ status: 0, stderr: "" });
    expect(listed.stdout).toContain("reports/Prints");
    expect(run("node", "laju", "migrate")).toMatchObject({ status: 0, stderr: "" });
    expect(run("node", "laju", "run", "Queues")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("one DB: true"),
    });
    expect(run("node", "build/commands/Worker.js", "--once")).toMatchObject({ status: 0, stderr: "" });
    expect(run("node", "laju", "build")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(
        removed.length > 0
          ? /^✗ there are no sources to build here/
          : /^✗ the build needs esbuild, which is not installed/,
      ),
    });
    const crontab = run("node", "laju", "crontab");
    expect(crontab).toMatchObject({ status: 0, stderr: "" });
    expect(crontab.stdout).toContain("commands/Queues.js >> ");
    const runs = run("node", "laju", "runs");
    expect(runs.stdout).toMatch(/✓ \d+ +Queues/);
    expect(runs.stdout).toMatch(/✓ \d+ +Worker/);
  });

  test("sends a mail from a view, with a text part", () => {
    expect(run("node", "build/commands/reports/Prints.js")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Hello Ada\n"),
      stderr: "",
    });
    const outbox = join(release, "data", "outbox");
    const [mail = ""] = readdirSync(outbox).map((file) => readFileSync(join(outbox, file), "utf8"));
    expect(mail).toContain("multipart/alternative");
    expect(mail).toContain("text/plain");
  });
});
