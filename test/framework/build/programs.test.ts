import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Run } from "../../../framework/runs/ledger/run";
import { openSqlite } from "../../../framework/services/database/sqliteDriver";
import { makeApp, type TestApp } from "../../support/apps/app";

const starts = (program: string) =>
  `import { execSync } from "node:child_process"; execSync("node build/${program}", { stdio: "inherit" });`;

// The environment that cron passes on a host where node is not in /usr/bin.
const env = { PATH: "/nowhere", BACKUP_ENCRYPTION_KEY: "cd".repeat(32), BACKUP_DIR: "backups" };

let app: TestApp;
beforeAll(async () => {
  app = makeApp({
    "commands/BackupDatabase.ts": `export const meta = { schedule: "@daily" }; ${starts("backup.js")}`,
    "commands/RestoreDatabase.ts": starts("restore.js --latest --yes"),
    "commands/clean-backup.ts": starts("clean-backup.js"),
  });
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
  const database = openSqlite(join(app.root, "data", "dev.sqlite3"));
  database.exec("CREATE TABLE t (a)");
  database.close();
});
afterAll(() => app.remove());

const start = (file: string, more: NodeJS.ProcessEnv = {}) =>
  app.run([file], { cwd: join(app.root, "build"), env: { ...env, ...more } });
const backups = () => readdirSync(join(app.root, "backups"));

test("a user's BackupDatabase that starts build/backup.js creates one backup and exits", async () => {
  expect(await start("commands/BackupDatabase.js")).toMatchObject({ status: 0, stderr: "" });
  expect(backups()).toHaveLength(1);
  const runs: Run[] = JSON.parse((await app.laju("runs", "--json")).stdout);
  expect(runs.map(({ name, state }) => [name, state])).toEqual([
    ["backup.js", "succeeded"],
    ["BackupDatabase", "succeeded"],
  ]);
});

test("a user's BackupDatabase fails if the backup fails", async () => {
  const ended = await start("commands/BackupDatabase.js", { BACKUP_ENCRYPTION_KEY: "" });
  expect(ended.stderr).toContain("BACKUP_ENCRYPTION_KEY is not set");
  expect(ended.status).toBe(1);
  expect(backups()).toHaveLength(1);
});

test("restore.js and clean-backup.js work too, regardless of what commands/ contains", async () => {
  expect(await start("commands/clean-backup.js")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("Backups: 0 deleted, 1 kept"),
  });
  expect(await start("commands/RestoreDatabase.js")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("Restored"),
  });
  expect(await start("restore.js")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("restore.js: no backup chosen"),
  });
});

test("--help describes a program", async () => {
  const { stdout } = await app.run(["build/restore.js", "--help"]);
  expect(stdout).toContain("restore.js  Replace the database with a backup");
  expect(stdout).toContain("--latest");
});
