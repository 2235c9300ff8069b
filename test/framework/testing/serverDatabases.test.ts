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
}
export const down = () => {};
`;

describe.each([
  [
    "PostgreSQL",
    hasPostgres,
    postgresNeed,
    startPostgres,
    "select datname as name from pg_database order by 1",
  ],
  ["MySQL", hasMysql, mysqlNeed, startMysql, "show databases"],
] as const)("on %s", (_, isThere, need, startServer, listing) => {
  let app: TestApp;
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    if (!isThere()) return;
    server = await startServer();
    app = makeApp({
      "app/migrations/20260101_tables.ts": migration,
      "test/one.test.ts": own,
      "test/two.test.ts": own,
    });
  });
  afterAll(async () => {
    app?.remove();
    await server?.stop();
  });

  test.skipIf(need.skip)(
    `each test has its own database, and the one in the URL is left alone${need.label}`,
    async () => {
      const env = { NO_COLOR: "1", TEST_DATABASE_URL: server.url };
      const list = async () => {
        const { stdout, stderr } = await app.run(["node_modules/.bin/tsx", "-e", lister(listing)], {
          env: { ...env, NODE_ENV: "test" },
        });
        expect(stderr).toBe("");
        return stdout;
      };
      const before = await list();
      const ran = await app.run(
        ["node_modules/vitest/vitest.mjs", "run", "test/one", "test/two", "--testTimeout=60000"],
        { env },
      );
      expect(ran.stdout).toMatch(/Tests +6 passed \(6\)/);
      const after = await list();
      expect(after.replace(/\w+_laju_\w+\n/g, "")).toBe(before);
      // The template stays until another test run finds that its owner has ended.
      expect(after.match(/_laju_/g)).toHaveLength(1);
    },
  );
});

const lister = (sql: string) => `
import DB from "./app/services/DB";
DB.raw(${JSON.stringify(sql)}).then(async (found) => {
  for (const row of found.rows ?? found[0]) console.log(Object.values(row)[0]);
  await DB.destroy();
});`;
