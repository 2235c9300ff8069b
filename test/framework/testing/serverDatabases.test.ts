import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import knex, { type Knex } from "knex";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { hasMysql, mysqlNeed, startMysql } from "../../support/servers/mysql";
import { hasPostgres, postgresNeed, startPostgres } from "../../support/servers/postgres";

const own = `
import { testCommand } from "laju/testing";
import { expect, test } from "vitest";
import DB from "../app/services/DB";
import { push } from "../app/services/Queue";
import { queuedJobs } from "laju/testing";

test.each([1, 2, 3])("%i", async () => {
  expect(await DB("customers").select("name")).toEqual([{ name: "seed" }]);
  await DB("customers").insert({ name: "Ada" });
  await DB("orders").insert({ customer_id: 1 });
  await DB.schema.createTable("more", (table) => table.increments());
  const run = await testCommand(async () => {
    await push("Any" as never, {} as never);
    return String((await DB("customers").count("* as n").first()).n);
  });
  expect(run).toMatchObject({ exitStatus: 0, message: "2" });
  expect(await queuedJobs()).toHaveLength(1);
  const trx = await DB.transaction();
  await trx("orders").delete();
});
`;

const migration = `
export async function up(knex) {
  await knex.schema.createTable("customers", (table) => { table.increments(); table.string("name"); });
  await knex.schema.createTable("orders", (table) => {
    table.increments();
    table.integer("customer_id").unsigned().references("customers.id");
  });
  await knex("customers").insert({ name: "seed" });
  if (!/postgres/.test(knex.client.dialect)) return;
  await knex.raw("create extension citext");
  await knex.raw("alter table customers add email citext default 'ADA@example.com'");
}
export const down = () => {};
`;

let app: TestApp;
beforeAll(() => {
  app = makeApp({
    "app/migrations/20260101_tables.ts": migration,
    "test/one.test.ts": own,
    "test/two.test.ts": own,
  });
});
afterAll(() => app.remove());

/** Runs these test files with vitest, at the same time if there are two. */
async function passes(url: string, files = ["test/one", "test/two"]): Promise<void> {
  const words = ["node_modules/vitest/vitest.mjs", "run", ...files, "--testTimeout=60000"];
  const { stdout, stderr } = await app.run(words, { env: { NO_COLOR: "1", TEST_DATABASE_URL: url } });
  const count = 3 * files.length;
  expect(stdout + stderr).toMatch(new RegExp(`Tests +${count} passed \\(${count}\\)`));
}

describe("on PostgreSQL", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let admin: Knex;
  let url: string;
  beforeAll(async () => {
    if (!hasPostgres()) return;
    server = await startPostgres();
    admin = knex({ client: "pg", connection: server.url });
    await admin.raw("create role app login");
    await admin.raw("create database app_test owner app");
    url = server.url.replace("laju:s3cret", "app").replace(/postgres$/, "app_test");
  });
  afterAll(async () => {
    await admin?.destroy();
    await server?.stop();
  });

  const inDatabase = async (sql: string): Promise<string[]> => {
    const database = knex({ client: "pg", connection: url });
    const { rows } = await database.raw(sql).finally(() => database.destroy());
    return rows.map((row: object) => String(Object.values(row)[0]));
  };
  const schemas = "select nspname from pg_namespace where nspname !~ '^pg_' order by 1";

  test.skipIf(postgresNeed.skip)(
    `each test has its own schema, for a user without other rights${postgresNeed.label}`,
    async () => {
      // Create a database as a killed test run would leave it behind. No process has this pid.
      const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 4);
      await inDatabase(`create schema test_laju_${host}_99999999_0 create table kept (id int)`);
      await passes(url);
      expect(await inDatabase(schemas)).toEqual(["information_schema", "laju_test_extensions", "public"]);
      expect(await inDatabase("select tablename from pg_tables where schemaname = 'public'")).toEqual([]);
    },
  );

  test.skipIf(postgresNeed.skip)(
    `each test has its own database if migrations name schemas${postgresNeed.label}`,
    async () => {
      const named = "create schema reports; create table reports.daily (id int)";
      app.write("app/migrations/20260102_named.ts", `export const up = (knex) => knex.raw("${named}");`);
      await admin.raw("alter role app createdb");
      await passes(url, ["test/one"]);
      rmSync(join(app.root, "app/migrations/20260102_named.ts"));
    },
  );
});

describe("on MySQL", () => {
  let server: Awaited<ReturnType<typeof startMysql>>;
  beforeAll(async () => {
    if (hasMysql())
      server = await startMysql(["--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite"]);
  });
  afterAll(() => server?.stop());

  test.skipIf(mysqlNeed.skip)(
    `each test has its own database, and the one in the URL is left alone${mysqlNeed.label}`,
    async () => {
      const database = knex({ client: "mysql2", connection: server.url });
      const list = async () =>
        (await database.raw("show databases"))[0].map((row: object) => Object.values(row)[0]);
      try {
        const before = await list();
        await passes(server.url);
        const after = await list();
        expect(after.filter((name: string) => !name.includes("_laju_"))).toEqual(before);
        // The template stays until a later test run finds that this one has ended.
        expect(after).toHaveLength(before.length + 1);
      } finally {
        await database.destroy();
      }
    },
  );
});
