import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqlite } from "../../framework/services/database/sqliteDriver";
import { startPartnerApi } from "../../scripts/demo/partnerApi";
import { seed } from "../../scripts/demo/seed";
import { makeApp, type TestApp } from "../support/apps/app";
import { fresh } from "../support/apps/fresh";
import { until } from "../support/servers/server";

const project = join(import.meta.dirname, "..", "..");
const tsx = "node_modules/tsx/dist/cli.mjs";
const env = { BACKUP_ENCRYPTION_KEY: "cd".repeat(32), BACKUP_DIR: "backups" };
let app: TestApp;

beforeAll(async () => {
  const own = (file: string) =>
    /^(reports\/)?\w+\.ts$/.test(file) && !["index.ts", "Worker.ts"].includes(file);
  const names = readdirSync(join(project, "commands"), { recursive: true, encoding: "utf8" }).filter(own);
  const examples = names.map((name) => `commands/${name}`);
  app = makeApp(
    Object.fromEntries(examples.map((file) => [file, readFileSync(join(project, file), "utf8")])),
  );
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
  const { default: DB } = await fresh({ LAJU_ROOT: app.root }, () => import("../../framework/services/DB"));
  await DB.migrate.latest();
  await seed(DB);
  await DB.destroy();
});
afterAll(() => app.remove());

test("every shipped example is put on the crontab in the demonstration only", async () => {
  const rows = JSON.parse((await app.laju("list", "--json")).stdout);
  expect(rows.map((row: { name: string }) => row.name).sort()).toEqual([
    "BackupDatabase",
    "CleanBackups",
    "CleanupOldData",
    "PublishScheduledPosts",
    "RestoreDatabase",
    "SendDailyDigest",
    "SyncExternalData",
    "WarmCache",
    "reports/Monthly",
  ]);
  for (const row of rows) {
    expect(row).toMatchObject({ environments: ["demo"] });
    expect(row.description.length).toBeGreaterThan(20);
  }
});

const ways = [
  ["from its source", [tsx, "commands/", ".ts"], "."],
  ["compiled, from the root", ["build/commands/", ".js"], "."],
  ["compiled, from build/ as cron does", ["commands/", ".js"], "build"],
] as const;

describe.each(ways)("started %s", (_way, words, cwd) => {
  const start = (name: string, args: string[] = [], more: NodeJS.ProcessEnv = {}) => {
    const [folder = "", ending] = words.slice(-2);
    const file = folder + name + ending;
    return app.run([...words.slice(0, -2), file, ...args], {
      cwd: join(app.root, cwd),
      env: { ...env, ...more },
    });
  };

  test("a command does its work and ends with 0", async () => {
    expect(await start("CleanupOldData")).toMatchObject({ status: 0, stderr: "" });
    expect(await start("WarmCache")).toMatchObject({ status: 0, stderr: "" });
  });

  test("a wrong option ends with 2 and a sentence", async () => {
    const { status, stderr } = await start("CleanupOldData", ["--days", "ten"]);
    expect(stderr).toContain("--days is");
    expect(stderr).not.toContain(" at ");
    expect(status).toBe(2);
  });

  test("a missing setting ends with 1 and its name", async () => {
    const { status, stderr } = await start("SyncExternalData");
    expect(stderr).toContain("SYNC_API_URL is not set");
    expect(status).toBe(1);
  });

  test("a result with failures ends with 1", async () => {
    const partner = await startPartnerApi(["error"]);
    const more = { SYNC_API_URL: partner.url };
    expect(await start("SyncExternalData", [], more)).toMatchObject({ status: 1 });
    await partner.stop();
  });

  test("the script ends with 0, or with 1 where the database can't be reached", async () => {
    expect(await start("PublishScheduledPosts")).toMatchObject({ status: 0, stderr: "" });
    const failed = await start("PublishScheduledPosts", [], {
      DATABASE_URL: "postgres://u:pw@127.0.0.1:1/x",
    });
    expect(failed).toMatchObject({ status: 1, stderr: expect.stringContaining("could not be published") });
  });

  test("the digest goes to the outbox where no mail server is configured", async () => {
    const { status } = await start("SendDailyDigest");
    expect(status).toBe(0);
    expect(readdirSync(join(app.root, "data", "outbox"))).toHaveLength(8);
  });
});

test("the scheduled posts that are due were published, and no others", () => {
  const database = openSqlite(join(app.root, "data", "dev.sqlite3"));
  const scheduled = database.prepare("SELECT count(*) AS n FROM posts WHERE status = 'scheduled'").get();
  database.close();
  expect(scheduled).toEqual({ n: 1 });
});

test("build/backup.js, restore.js and clean-backup.js are called by relative path", async () => {
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

  test("by SIGTERM leaves nothing, neither plain nor half", async () => {
    expect(await killBackup("SIGTERM")).toEqual([143, null]);
    expect(temporary()).toEqual([]);
  });

  test("by SIGKILL leaves what the next backup sweeps", async () => {
    await killBackup("SIGKILL");
    expect(temporary().every((name) => name.startsWith(".laju-backup-"))).toBe(true);
    expect(temporary()).not.toEqual([]);
    await app.run(["build/backup.js"], { env: { ...env, BACKUP_DIR: "killed" } });
    expect(temporary()).toEqual([expect.stringMatching(/^dev-.*\.enc$/)]);
  });
});
