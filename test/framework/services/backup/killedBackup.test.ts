import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqlite } from "../../../../framework/services/database/sqliteDriver";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { until } from "../../../support/servers/server";

const env = { BACKUP_ENCRYPTION_KEY: "cd".repeat(32), BACKUP_DIR: "backups" };
let app: TestApp;
beforeAll(() => {
  app = makeApp();
  const database = openSqlite(join(app.root, "data", "dev.sqlite3"));
  database.exec("CREATE TABLE small (id INTEGER)");
  database.close();
});
afterAll(() => app?.remove());

test("build/backup.js, restore.js and clean-backup.js can be called by relative path", async () => {
  expect(await app.run(["build/backup.js"], { env })).toMatchObject({ status: 0, stderr: "" });
  expect(await app.run(["backup.js"], { env, cwd: join(app.root, "build") })).toMatchObject({ status: 0 });
  expect(readdirSync(join(app.root, "backups"))).toHaveLength(2);
  expect(await app.run(["build/restore.js", "--latest"], { env })).toMatchObject({ status: 2 });
  expect(await app.run(["build/restore.js", "--latest", "--yes"], { env })).toMatchObject({ status: 0 });
  expect(await app.run(["build/clean-backup.js"], { env })).toMatchObject({ status: 0 });
  expect(await app.run(["build/backup.js"])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("BACKUP_ENCRYPTION_KEY is not set"),
  });
});

describe("a backup that is killed", () => {
  const folder = () => join(app.root, "killed");
  const temporary = () => (existsSync(folder()) ? readdirSync(folder()) : []);

  beforeAll(() => {
    const database = openSqlite(join(app.root, "data", "dev.sqlite3"));
    database.exec("CREATE TABLE big AS SELECT randomblob(60000000) AS bytes");
    database.close();
  });

  async function killBackup(signal: NodeJS.Signals) {
    const child = spawn(process.execPath, ["build/backup.js"], {
      cwd: app.root,
      env: { PATH: process.env.PATH, ...env, BACKUP_DIR: "killed" },
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    await until(() => temporary().length > 0, { what: "a temporary file" });
    child.kill(signal);
    return ended;
  }

  test("by SIGTERM leaves nothing behind, neither unencrypted nor incomplete", async () => {
    expect(await killBackup("SIGTERM")).toEqual([143, null]);
    expect(temporary()).toEqual([]);
  });

  test("by SIGKILL leaves files that the next backup removes", async () => {
    await killBackup("SIGKILL");
    expect(temporary().every((name) => name.startsWith(".laju-backup-"))).toBe(true);
    expect(temporary()).not.toEqual([]);
    await app.run(["build/backup.js"], { env: { ...env, BACKUP_DIR: "killed" } });
    expect(temporary()).toEqual([expect.stringMatching(/^dev-.*\.enc$/)]);
  });
});
