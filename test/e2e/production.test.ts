import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloneProject, project } from "../support/apps/clone";

const isSlowWanted = process.env.CI === "true" || process.env.LAJU_TEST_PRODUCTION === "1";
const label = isSlowWanted ? "" : " (LAJU_TEST_PRODUCTION=1 installs it)";

/** What laju and its commands must do without, once they are built. */
const tools = ["esbuild", "oxc-parser", "tsx", "typescript", "vitest", "pm2"];

describe.skipIf(!isSlowWanted)(`a release: npm ci --omit=dev and a build brought along${label}`, () => {
  let release: string;
  beforeAll(() => {
    release = cloneProject({ withModules: true });
    expect(run("node", "laju", "build")).toMatchObject({ status: 0 });
    rmSync(join(release, "node_modules"));
    // The drivers were compiled by this project's own npm ci, which takes minutes; all else is installed anew.
    expect(run("npm", "ci", "--omit=dev", "--ignore-scripts")).toMatchObject({ status: 0 });
    for (const name of ["better-sqlite3", "better-sqlite3-node20"]) copyCompiled(name);
    writeFileSync(join(release, ".env"), "NODE_ENV=demo\nDATABASE_URL=file:data/production.sqlite3\n");
  }, 600_000);
  afterAll(() => {
    if (release) rmSync(dirname(release), { recursive: true, force: true });
  });

  function run(program: string, ...args: string[]) {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: "C.UTF-8", TZ: "UTC" };
    return spawnSync(program, args, { cwd: release, encoding: "utf8", env });
  }

  function copyCompiled(name: string): void {
    const compiled = join(project, "node_modules", name, "build");
    const target = join(release, "node_modules", name, "build");
    if (existsSync(compiled)) cpSync(compiled, target, { recursive: true });
  }

  test("has no development tools", () => {
    const there = tools.filter((name) => existsSync(join(release, "node_modules", name)));
    expect(there).toEqual([]);
  });

  test.each([
    ["with its sources", []],
    ["without them", ["app", "commands", "framework", "scripts", "test"]],
  ])("lists, migrates, runs and prints its crontab %s", (_, removed) => {
    for (const folder of removed) rmSync(join(release, folder), { recursive: true });
    rmSync(join(release, "data"), { recursive: true, force: true });

    const listed = run("node", "laju", "list");
    expect(listed).toMatchObject({ status: 0, stderr: "" });
    expect(listed.stdout).toContain("SendDailyDigest");
    expect(run("node", "laju", "migrate")).toMatchObject({ status: 0, stderr: "" });
    expect(run("node", "laju", "run", "CleanupOldData", "PublishScheduledPosts")).toMatchObject({
      status: 0,
    });
    expect(run("node", "laju", "build")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(
        removed.length > 0 ? /^✗ there are no sources here/ : /^✗ esbuild is not installed/,
      ),
    });
    const crontab = run("node", "laju", "crontab");
    expect(crontab).toMatchObject({ status: 0, stderr: "" });
    expect(crontab.stdout).toContain("commands/SendDailyDigest.js >> ");
    const runs = run("node", "laju", "runs");
    expect(runs.stdout).toMatch(/✓ \d+ +PublishScheduledPosts/);
    expect(runs.stdout).toMatch(/✓ \d+ +CleanupOldData/);
  });

  test("sends a mail from a view, with its text part", () => {
    const insert = `
      const Database = require(Number.parseInt(process.versions.node) < 22 ? "better-sqlite3-node20" : "better-sqlite3");
      const db = new Database("data/production.sqlite3"); const day = 86400000, now = Date.now();
      db.exec("INSERT INTO users (id, name, email, wants_digest, created_at) VALUES (1, 'Ada', 'ada@example.com', 1, 0)");
      const add = db.prepare("INSERT INTO posts (user_id, title, body, status, published_at, created_at) VALUES (1, 'Hello', 'World', 'published', ?, ?)");
      for (let hours = 0; hours < 48; hours += 1) add.run(now - hours * 3600000, now);`;
    expect(run("node", "-e", insert)).toMatchObject({ status: 0, stderr: "" });
    const ended = run("node", "build/commands/SendDailyDigest.js");
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    const outbox = join(release, "data", "outbox");
    const mails = readdirSync(outbox).map((file) => readFileSync(join(outbox, file), "utf8"));
    expect(mails.some((mail) => mail.includes("multipart/alternative") && mail.includes("text/plain"))).toBe(
      true,
    );
  });
});
