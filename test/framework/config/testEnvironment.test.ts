import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testEnvironment } from "../../../framework/config/testEnvironment";
import { makeApp, type TestApp } from "../../support/apps/app";

type Variables = Record<string, string>;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "laju-rules-"));
  mkdirSync(join(root, "data"));
  writeFileSync(join(root, "data/dev.sqlite3"), "");
  symlinkSync("data/dev.sqlite3", join(root, "soft.sqlite3"));
  linkSync(join(root, "data/dev.sqlite3"), join(root, "hard.sqlite3"));
});
afterAll(() => rmSync(root, { recursive: true }));

/** The variables that a test gets from `.env` and its own environment. */
function seen(file: Variables, own: Variables = {}) {
  const environment: Record<string, string | undefined> = { ...own };
  const { values, problems } = testEnvironment(root, file, environment);
  for (const [name, value] of Object.entries(values)) environment[name] ??= value;
  return { ...environment, problems };
}

const app = "postgres://app:secret@db.example.com/shop";
const tests = "postgres://app:secret@db.example.com/shop_test";

describe("the database of a test", () => {
  test.each<[string, Variables, Variables, string | undefined]>([
    ["is temporary by default", {}, {}, undefined],
    ["is not DATABASE_URL of .env", { DATABASE_URL: app }, {}, undefined],
    ["is DATABASE_URL of its own environment", { DATABASE_URL: app }, { DATABASE_URL: tests }, tests],
    [
      "is not what .env was loaded into the environment",
      { DATABASE_URL: app },
      { DATABASE_URL: app },
      undefined,
    ],
    ["is TEST_DATABASE_URL of .env", { DATABASE_URL: app, TEST_DATABASE_URL: tests }, {}, tests],
    ["is TEST_DATABASE_URL first", {}, { DATABASE_URL: app, TEST_DATABASE_URL: tests }, tests],
  ])("%s", (_, file, own, url) => {
    const { DATABASE_URL, DB_CONNECTION, LAJU_DATA, problems } = seen(
      { DB_CONNECTION: "production", LAJU_DATA: "/srv/shop/data", ...file },
      { LAJU_DATA: "/srv/shop/data", ...own },
    ) as Variables & { problems: string[] };
    expect({ DATABASE_URL, DB_CONNECTION, problems }).toEqual({
      DATABASE_URL: url,
      DB_CONNECTION: "test",
      problems: [],
    });
    expect(LAJU_DATA).toMatch(/\/laju-test-\w+\/\d+-\w+$/);
  });

  test.each<[string, Variables]>([
    [app, { DATABASE_URL: app }],
    ["postgresql://other@DB.example.com:5432/shop?sslmode=require", { DATABASE_URL: app }],
    ["postgres://127.0.0.1/shop", { DATABASE_URL: "postgres://app@localhost:5432/shop" }],
    ["mariadb://[::1]/shop", { DATABASE_URL: "mysql://root@localhost/shop" }],
    ["file:data/dev.sqlite3", {}],
    ["file:./data/../data/dev.sqlite3", {}],
    ["file:///%ROOT%/data/dev.sqlite3", {}],
    ["file:soft.sqlite3", {}],
    ["file:hard.sqlite3", {}],
    ["file:data/production.sqlite3", {}],
    ["file:data/staging.sqlite3", { DB_CONNECTION: "staging" }],
    ["file:/srv/shop/data/dev.sqlite3", { LAJU_DATA: "/srv/shop/data" }],
    ["file:data/own%20name.db", { DATABASE_URL: "file:data/own name.db" }],
  ])("is never the app's own, such as %s", (url, file) => {
    const written = url.replace("/%ROOT%", root);
    expect(seen(file, { TEST_DATABASE_URL: written }).problems).toHaveLength(1);
    expect(seen({ ...file, TEST_DATABASE_URL: written }).problems).toHaveLength(1);
    if (written === file.DATABASE_URL) return;
    expect(seen(file, { DATABASE_URL: written }).problems).toHaveLength(1);
  });

  test.each<[string, Variables]>([
    ["file:data/test.sqlite3", { DATABASE_URL: "file:data/dev.sqlite3" }],
    ["postgres://db.example.com/shop_test", { DATABASE_URL: app }],
    ["postgres://db.example.com:5433/shop", { DATABASE_URL: app }],
    ["mysql://db.example.com/shop", { DATABASE_URL: app }],
  ])("may be %s", (url, file) => {
    expect(seen(file, { TEST_DATABASE_URL: url })).toMatchObject({ DATABASE_URL: url, problems: [] });
  });
});

test("ignores Redis and mail servers of .env, and uses those of the environment", () => {
  const file = {
    REDIS_HOST: "cache.example.com",
    REDIS_PASSWORD: "secret",
    MAIL_URL: "smtp://mail.example.com",
    SMTP_HOST: "mail.example.com",
    SMTP_PORT: "25",
    MAIL_FROM_NAME: "Shop",
    NOTIFY_WEBHOOK_URL: "https://hooks.example.com",
    CACHE_STORE: "redis",
    LOG_LEVEL: "warn",
    API_KEY: "k",
  };
  const kept = Object.keys(seen(file)).filter((name) => !/^(LAJU|NODE|DB)_/.test(name));
  expect(kept.sort()).toEqual(["API_KEY", "LOG_LEVEL", "problems"]);
  expect(Object.keys(seen(file, file))).not.toEqual(expect.arrayContaining(["REDIS_HOST"]));
  expect(Object.keys(seen(file, file))).not.toEqual(expect.arrayContaining(["SMTP_HOST"]));
  expect(seen(file, { REDIS_HOST: "127.0.0.1" })).toMatchObject({ REDIS_HOST: "127.0.0.1" });
  expect(seen(file, { TEST_REDIS_URL: "redis://localhost" })).toMatchObject({
    REDIS_URL: "redis://localhost",
  });
  expect(seen(file, { TEST_REDIS_URL: "redis://cache.example.com:6379/0" }).problems).toHaveLength(1);
});

describe("with NODE_ENV=test", () => {
  let app: TestApp;
  beforeAll(() => {
    app = makeApp({
      ".env": "DATABASE_URL=file:data/dev.sqlite3\nDB_CONNECTION=production\nMAIL_URL=smtp://127.0.0.1:1\n",
      "commands/Wipe.ts": `
        import { command } from "../app/console/command";
        import DB from "../app/services/DB";
        import Mailer from "../app/services/Mailer";
        import SQLite from "../app/services/SQLite";
        export default command({
          async run() {
            for (const open of [DB, DB.connection("development"), DB.connection("production")])
              await open.schema.dropTableIfExists("customers");
            SQLite.run("drop table if exists customers");
            await Mailer.send({ to: "ada@example.com", subject: "Wiped", text: "All of it" });
            return (await DB.raw("pragma database_list"))[0].file;
          },
        });`,
    });
  });
  afterAll(() => app.remove());

  test("no command, built or from source, and no verb reaches the servers of .env", async () => {
    expect((await app.laju("build")).status).toBe(0);
    const filled = await app.run(["-e", fill]);
    expect(filled.stderr).toBe("");
    const env = { NODE_ENV: "test" };
    const tsx = join(app.root, "node_modules/.bin/tsx");
    const source = await app.run(["commands/Wipe.ts"], { program: tsx, env });
    const built = await app.run(["build/commands/Wipe.js"], { env });
    const run = await app.run(["laju", "run", "Wipe"], { env });
    const rolledBack = await app.run(["laju", "migrate:rollback", "--all"], { env });
    const migrated = await app.run(["laju", "migrate"], { env });
    for (const ended of [source, built, run, rolledBack, migrated])
      expect(ended).toMatchObject({ status: 0 });
    expect(source.stdout).toMatch(/"message":"\/tmp\/laju-test-\w+\/\d+-\w+\/test\.sqlite3"/);
    expect(built.stdout).toMatch(/"message":"\/tmp\/laju-test-\w+\/\d+-\w+\/test\.sqlite3"/);
    expect((await app.run(["-e", count])).stdout).toBe("1 1\n");
  });

  test.each([
    ["migrate", 0, "test"],
    ["migrate:status", 0, "test"],
    ["migrate:status --json", 0, "test"],
    ["migrate:rollback", 0, "test"],
    ["migrate:rollback nonsense", 2, "test"],
    ["runs", 0, "runs"],
  ])("%s names the database that it used, because it is not that of .env", async (line, status, file) => {
    const ended = await app.run(["laju", ...line.split(" ")], { env: { NODE_ENV: "test" } });
    expect(ended.status).toBe(status);
    expect(ended.stderr).toMatch(
      new RegExp(
        `^(✗ .*\\n.*\\n)?  NODE_ENV is test: this used the temporary database /tmp/laju-test-.*/${file}\\.sqlite3\\n$`,
      ),
    );
    expect((await app.run(["laju", ...line.split(" ")])).stderr).not.toContain("NODE_ENV");
  });

  test("a verb that uses no database doesn't name one", async () => {
    expect(await app.run(["laju", "list"], { env: { NODE_ENV: "test" } })).toMatchObject({ stderr: "" });
  });
});

/** Adds a customer to each database file that commands use outside tests. */
const open = `const Driver = require(Number(process.versions.node.split(".")[0]) < 22 ? "better-sqlite3-node20" : "better-sqlite3");
const files = ["data/dev.sqlite3", "data/production.sqlite3"];`;
const fill = `${open} require("node:fs").mkdirSync("data", { recursive: true });
for (const file of files) new Driver(file).exec("create table customers (id); insert into customers values (1)");`;
const count = `${open} console.log(...files.map((file) => new Driver(file).prepare("select count(*) as n from customers").get().n));`;
