import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AppDatabase } from "../../../framework/services/DB";
import { errorFields } from "../../../framework/services/log/logValue";
import { errorText } from "../../../framework/text/errorText";
import { makeApp, type TestApp } from "../../support/apps/app";
import { bundledScript } from "../../support/apps/bundledScript";
import { fresh } from "../../support/apps/fresh";
import { lajuTables } from "../../support/lajuTables";
import { mysqlNeed, startMysql } from "../../support/servers/mysql";
import { postgresNeed, startPostgres } from "../../support/servers/postgres";
import { freePort, type TestServer, temporaryFolder, until } from "../../support/servers/server";

let data: string;
let open: AppDatabase[] = [];

beforeEach(() => {
  data = temporaryFolder("db");
});
afterEach(async () => {
  for (const db of open) await db.destroy();
  open = [];
  rmSync(data, { recursive: true, force: true });
});

async function load(variables: Record<string, string> = {}): Promise<AppDatabase> {
  const { default: DB } = await fresh(
    { LAJU_DATA: data, ...variables },
    () => import("../../../framework/services/DB"),
  );
  open.push(DB);
  return DB;
}

/** Creates a table in the way that scripts written for Laju do, with two rows. */
async function makeUsers(DB: AppDatabase) {
  await DB.schema.dropTableIfExists("users");
  await DB.schema.createTable("users", (table) => {
    table.increments("id");
    table.string("email").unique();
    table.boolean("active").defaultTo(true);
    table.integer("visits").defaultTo(0);
    table.bigInteger("seen_at");
  });
  await DB("users").insert([
    { email: "a@x", active: true, visits: 1 },
    { email: "b@x", active: false, visits: 2 },
  ]);
}

/** Checks that hold for every database engine. */
async function commonBehaviour(DB: AppDatabase) {
  await makeUsers(DB);
  expect(await DB("users").count("* as count").first()).toEqual({ count: 2 });
  expect(await DB("users").where("email", "nobody").first()).toBeUndefined();
  expect(await DB("users").where({ email: "a@x" }).update({ visits: 5 })).toBe(1);
  expect(await DB("users").where("visits", ">", 100).delete()).toBe(0);
  await DB("users").insert({ email: "a@x", visits: 9 }).onConflict("email").merge();
  await DB("users").insert({ email: "b@x", visits: 9 }).onConflict("email").ignore();
  expect((await DB("users").orderBy("email").select("visits")).map(({ visits }) => visits)).toEqual([9, 2]);
  const now = 1_700_000_000_123;
  await DB("users").where({ email: "b@x" }).update({ seen_at: now });
  expect((await DB("users").where({ email: "b@x" }).first()).seen_at).toBe(now);
  await expect(
    DB.transaction(async (trx) => {
      await trx.from("users").delete();
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  expect(await DB("users").count("* as count").first()).toEqual({ count: 2 });
  await DB.schema.dropTable("users");
}

/** Checks that an error of a statement doesn't contain the statement's values anywhere. */
async function errorsWithoutValues(DB: AppDatabase, isStrict: boolean) {
  await DB.schema.dropTableIfExists("access_keys");
  await DB.schema.createTable("access_keys", (table) => {
    table.integer("n").primary();
    table.string("token", 30).unique();
    table.date("day");
  });
  const secret = "tok-SECRET'\"x";
  await DB("access_keys").insert({ n: 1, token: secret });
  const failing = [
    () => DB("access_keys").insert({ n: 2, token: secret, scope: 1 }),
    () => DB("access_keys").insert({ n: 2, token: secret }),
    () => DB("access_keys").insert({ n: 1, token: `${secret}2` }),
    () => DB.raw("select ? from nothing_here where x = ?", [secret, secret]),
    () => DB.raw("selec ? from access_keys", [secret]),
    () => DB.transaction((trx) => trx("access_keys").insert({ n: 1, token: secret })),
    ...(isStrict
      ? [
          () => DB("access_keys").insert({ n: secret }),
          () => DB("access_keys").insert({ n: 3, day: secret }),
          () => DB("access_keys").insert({ n: 3, token: secret.repeat(20) }),
          () => DB("access_keys").insert({ n: null, token: `${secret}3` }),
        ]
      : []),
  ];
  for (const fail of failing) {
    const error = await fail().then(
      () => expect.unreachable("it worked"),
      (thrown) => thrown,
    );
    const shown = [
      error.message,
      error.stack,
      inspect(error),
      errorText(error),
      JSON.stringify(errorFields(error)),
    ];
    for (const text of shown) expect(text).not.toMatch(/SECRET/);
    expect(errorText(error)).toMatch(/access_keys|nothing_here/);
  }
}

describe("SQLite", () => {
  test("errors show statements without their values", async () => {
    await errorsWithoutValues(await load(), false);
    const { default: SQLite } = await import("../../../framework/services/SQLite");
    const run = () => SQLite.run("INSERT INTO access_keys (n, token) VALUES (?, ?)", [1, "tok-SECRET"]);
    expect(run).toThrow(/^UNIQUE constraint failed: access_keys\.n$/);
    SQLite.getDatabase().close();
  });

  test("rows, counts and results match what scripts written for Laju expect", async () => {
    const DB = await load();
    await commonBehaviour(DB);
    await makeUsers(DB);
    expect(await DB("users").insert({ email: "c@x", active: false, seen_at: new Date(5) })).toEqual([3]);
    expect(await DB("users").insert({ email: "d@x" }).returning("id")).toEqual([{ id: 4 }]);
    expect(await DB.from("users").where("active", true).pluck("email")).toEqual(["a@x", "d@x"]);
    expect(await DB.table("users").where({ email: "c@x" }).first("active", "seen_at")).toEqual({
      active: 0,
      seen_at: 5,
    });
    expect(
      await DB("users").whereNull("seen_at").andWhere("visits", ">=", 1).sum("visits as total").first(),
    ).toEqual({ total: 3 });
    expect(await DB("users").countDistinct("active as count").first()).toEqual({ count: 2 });
    await DB("users").where("id", 1).increment("visits", 4);
    expect(await DB("users").max("visits as most").min("visits as least").first()).toEqual({
      most: 5,
      least: 0,
    });
    expect(await DB.raw("select ? as one", [1])).toEqual([{ one: 1 }]);
    expect(typeof (await DB("users").select({ now: DB.fn.now() }).first()).now).toBe("string");
    await DB("users").truncate();
    expect(await DB("users").insert({ email: "first again" })).toEqual([1]);
  });

  test("importing it loads nothing and creates nothing", async () => {
    const DB = await load();
    expect(typeof DB).toBe("function");
    expect(existsSync(join(data, "dev.sqlite3"))).toBe(false);
  });

  test.each([
    [{}, "dev.sqlite3"],
    [{ DB_CONNECTION: "production" }, "production.sqlite3"],
    [{ DB_CONNECTION: "test", NODE_ENV: "production" }, "test.sqlite3"],
    [{ DATABASE_URL: "file:{data}/deep/er/own.db", DB_CONNECTION: "production" }, "deep/er/own.db"],
    [{ DATABASE_URL: "file://{data}/with%20space.db" }, "with space.db"],
  ])("%j opens %s", async (variables: Record<string, string>, file) => {
    const filled = Object.entries(variables).map(([name, value]) => [name, value.replace("{data}", data)]);
    const DB = await load(Object.fromEntries(filled));
    await DB.raw("select 1");
    expect(existsSync(join(data, file))).toBe(true);
  });

  test("PRAGMAs are set, also on a reopened connection", async () => {
    const DB = await load();
    const pragmas = async () => {
      const values = [];
      for (const name of ["journal_mode", "busy_timeout", "foreign_keys", "synchronous"]) {
        values.push(Object.values((await DB.raw(`PRAGMA ${name}`))[0])[0]);
      }
      return values;
    };
    expect(await pragmas()).toEqual(["wal", 5000, 1, 1]);
    await DB.destroy();
    DB.initialize();
    expect(await pragmas()).toEqual(["wal", 5000, 1, 1]);
  });

  test("DB.connection(stage) opens another database, and a misspelled stage creates none", async () => {
    const DB = await load();
    await makeUsers(DB);
    const other = DB.connection("test");
    expect(await other.schema.hasTable("users")).toBe(false);
    expect(DB.connection("test")).toBe(other);
    await other.destroy();
    expect(await DB.connection("test").raw("select 1 as one")).toEqual([{ one: 1 }]);
    await DB.connection("test").destroy();
    await expect(DB.connection("prodution").raw("select 1")).rejects.toMatchObject({
      name: "LajuError",
      message: expect.stringContaining("prodution.sqlite3 cannot be opened"),
    });
    expect(() => DB.connection("../evil")).toThrow('"../evil" is not the name of a database stage');
  });

  test("an unusable folder or file is reported in one sentence that names it", async () => {
    const file = join(data, "plain");
    writeFileSync(file, "not a database, but long enough to be read as the header of one".repeat(20));
    const inFile = await load({ DATABASE_URL: `file:${file}/db.sqlite3` });
    await expect(inFile.raw("select 1")).rejects.toMatchObject({
      name: "LajuError",
      code: "E_SQLITE_OPEN",
      message: expect.stringMatching(
        /^the database \S*plain\/db\.sqlite3 cannot be opened: it cannot be created \((ENOTDIR|EEXIST)\)$/,
      ),
    });
    const notOne = await load({ DATABASE_URL: `file:${file}` });
    await expect(notOne.raw("select 1")).rejects.toThrow(
      `the database ${file} cannot be opened: file is not a database`,
    );
    const folder = await load({ DATABASE_URL: `file:${data}` });
    await expect(folder.raw("select 1")).rejects.toThrow(
      `the database ${data} cannot be opened: it is not a regular file`,
    );
  });

  test("a folder without write permission is reported in one sentence too", async () => {
    const app = makeApp({
      "commands/Read.ts": `import DB from "../app/services/DB";
        DB.client.driver; // Load the driver while this user may still read it.
        if (process.getuid?.() === 0) { process.setgid?.(65534); process.setuid?.(65534); }
        DB.raw("select 1").catch((error: Error) => console.log(error.message));`,
    });
    chmodSync(data, 0o555);
    const { stdout } = await app.run([await bundledScript(app, "commands/Read.ts")], {
      env: { LAJU_DATA: data },
    });
    app.remove();
    expect(stdout).toBe(`the database ${data}/dev.sqlite3 cannot be opened: it cannot be created (EACCES)\n`);
  });

  test("a query that bypasses an open transaction fails with an error that explains why", async () => {
    const DB = await load();
    DB.client.pool.acquireTimeoutMillis = 200;
    await DB.transaction(async (trx) => {
      await trx.raw("select 1");
      await expect(DB.raw("select 1")).rejects.toMatchObject({
        code: "E_DB_BUSY",
        hint: expect.stringContaining("trx"),
      });
    });
  });
});

test("a transaction that cannot begin does not run its callback", async () => {
  const DB = await load();
  await makeUsers(DB);
  await DB.raw("PRAGMA busy_timeout = 50");
  const other = DB.connection("development");
  const holder = await other.transaction();
  let hasRun = false;
  const work = DB.transaction(async () => {
    hasRun = true;
  });
  await expect(work).rejects.toMatchObject({ code: "SQLITE_BUSY" });
  await expect(DB.transaction()).rejects.toMatchObject({ code: "SQLITE_BUSY" });
  await holder.rollback();
  await other.destroy();
  expect(hasRun).toBe(false);
  expect(await DB.transaction((trx) => trx("users").count("* as count").first())).toEqual({ count: 2 });
});

describe("migrations", () => {
  let app: TestApp;
  beforeAll(() => {
    app = makeApp();
  });
  beforeEach(() => {
    // Don't run laju's own migrations, because these tests are about migrations in general.
    for (const folder of ["app/migrations", "framework/migrations", "data"]) {
      rmSync(join(app.root, folder), { recursive: true, force: true });
    }
    mkdirSync(join(app.root, "app/migrations"));
  });
  afterAll(() => app.remove());

  /** Runs code as the body of a script in the app, and returns its result. Migrations in TypeScript need tsx. */
  async function inApp(body: string, { withTsx = false } = {}) {
    app.write(
      "commands/Script.ts",
      `import DB from "../app/services/DB";
       const messageOf = (work: Promise<unknown>) => work.then(() => "none", (error) => error.message);
       const work = async () => { ${body} };
       work().then((result) => console.log(JSON.stringify(result ?? null)), (error) => console.log(JSON.stringify(error.message)));`,
    );
    const words = withTsx
      ? ["--import", "tsx", "commands/Script.ts"]
      : [await bundledScript(app, "commands/Script.ts")];
    const { stdout, stderr } = await app.run(words);
    if (stderr) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  const migration = (up: string, down = "") =>
    `export const up = async (knex) => { ${up} };\nexport const down = async (knex) => { ${down} };`;

  test("share one history between TypeScript and JavaScript", async () => {
    const up = 'await knex.schema.createTable("a", (t) => t.increments());';
    app.write(
      "app/migrations/20260101_a.ts",
      `const isTyped: boolean = true;\n${migration(up, 'await knex.schema.dropTable("a");')}`,
    );
    expect(await inApp("return DB.migrate.latest()", { withTsx: true })).toEqual([1, ["20260101_a"]]);

    rmSync(join(app.root, "app/migrations/20260101_a.ts"));
    // As in a build: migrations are CommonJS, and a package.json says so.
    app.write("app/migrations/package.json", '{ "type": "commonjs" }');
    app.write(
      "app/migrations/20260101_a.js",
      'exports.up = async () => {}; exports.down = (knex) => knex.schema.dropTable("a");',
    );
    app.write(
      "app/migrations/20260102_b.js",
      'module.exports = { up: (knex) => knex.schema.createTable("b", (t) => t.increments()) };',
    );
    app.write("app/migrations/20260102_b.js.map", "{}");
    const [latest, refused, list] = await inApp(
      "return [await DB.migrate.latest(), await messageOf(DB.migrate.rollback()), await DB.migrate.list()]",
    );
    expect(latest).toEqual([2, ["20260102_b"]]);
    expect(refused).toBe(
      'the migration 20260102_b cannot be rolled back: it does not export a function "down"',
    );
    expect(list).toEqual([[{ name: "20260101_a" }, { name: "20260102_b" }], []]);
  });

  test("adopt a history that knex's own migrator wrote", async () => {
    app.write(
      "app/migrations/1_a.js",
      migration('await knex.schema.createTable("a", (t) => t.increments());'),
    );
    await inApp('await DB.migrate.latest(); await DB("knex_migrations").update({ name: "1_a.ts" })');
    expect(await inApp("return DB.migrate.latest()")).toContain("corrupt");
    const adopt =
      'const { adoptHistory } = await import("../framework/services/database/migrations"); await adoptHistory(DB);';
    expect(await inApp(`${adopt} return DB.migrate.latest()`)).toEqual([1, []]);
  });

  test("leave nothing behind when they fail halfway", async () => {
    app.write(
      "app/migrations/1_good.js",
      migration('await knex.schema.createTable("good", (t) => t.increments());'),
    );
    app.write(
      "app/migrations/2_bad.js",
      migration(
        'await knex.schema.createTable("half", (t) => t.increments()); throw new Error("in the middle");',
      ),
    );
    const tables =
      '(await DB("sqlite_master").where({ type: "table" }).pluck("name")).filter((n) => !/^(knex_|sqlite_)/.test(n))';
    expect(await inApp(`return [await messageOf(DB.migrate.latest()), ${tables}]`)).toEqual([
      "in the middle",
      [],
    ]);
    app.write(
      "app/migrations/2_bad.js",
      migration('await knex.schema.createTable("whole", (t) => t.increments());'),
    );
    expect(await inApp(`return [await DB.migrate.latest(), ${tables}]`)).toEqual([
      [1, ["1_good", "2_bad"]],
      ["good", "whole"],
    ]);
  });

  test("keep the rows that refer to a table they rebuild", async () => {
    app.write(
      "app/migrations/1_tables.js",
      migration(`
        await knex.schema.createTable("parent", (t) => { t.increments(); t.string("name"); });
        await knex.schema.createTable("child", (t) => {
          t.increments();
          t.integer("parent_id").references("id").inTable("parent").onDelete("CASCADE");
        });
        await knex("parent").insert({ name: "p" });
        await knex("child").insert({ parent_id: 1 });`),
    );
    await inApp("return DB.migrate.latest()");
    app.write(
      "app/migrations/2_alter.js",
      migration(
        'await knex.schema.alterTable("parent", (t) => { t.string("name").notNullable().alter(); });',
      ),
    );
    const alter =
      'return [await DB.migrate.latest(), await DB("child"), await DB.raw("PRAGMA foreign_keys")]';
    expect(await inApp(alter)).toEqual([[2, ["2_alter"]], [{ id: 1, parent_id: 1 }], [{ foreign_keys: 1 }]]);
    app.write("app/migrations/3_orphan.js", migration('await knex("parent").delete();'));
    const orphan =
      'return [await messageOf(DB.migrate.latest()), await DB("parent").count("* as count").first()]';
    expect(await inApp(orphan)).toEqual([expect.stringContaining("foreign key violations"), { count: 1 }]);
  });
});

describe("several processes", () => {
  let app: TestApp;
  beforeAll(() => {
    app = makeApp();
  });
  afterAll(() => app.remove());

  test("can create one database at the same time, and none loses a read-then-write transaction", async () => {
    app.write(
      "commands/Add.ts",
      `import DB from "../app/services/DB";
       (async () => {
         await DB.raw("create table if not exists counter (n integer)");
         for (let i = 0; i < 20; i++) {
           await DB.transaction(async (trx) => {
             const row = await trx("counter").first();
             await (row ? trx("counter").update({ n: row.n + 1 }) : trx("counter").insert({ n: 1 }));
           });
         }
       })();`,
    );
    const add = await bundledScript(app, "commands/Add.ts");
    const ended = await Promise.all(Array.from({ length: 6 }, () => app.run([add])));
    expect(ended.map(({ status, stderr }) => [status, stderr])).toEqual(Array(6).fill([0, ""]));
    app.write(
      "commands/Read.ts",
      'import DB from "../app/services/DB";\nDB("counter").first().then((row: any) => console.log(row.n));',
    );
    expect((await app.run([await bundledScript(app, "commands/Read.ts")])).stdout).toBe("120\n");
  });
});

describe("a database server that cannot be used", () => {
  test.each(["postgres", "mysql"])(
    "%s: is reported within a second, without the password",
    async (protocol) => {
      const port = await freePort();
      const DB = await load({ DATABASE_URL: `${protocol}://me:hunter2@127.0.0.1:${port}/app` });
      const started = Date.now();
      const error = await DB("users").then(
        () => undefined,
        (problem) => problem,
      );
      expect(Date.now() - started).toBeLessThan(3000);
      expect(error).toMatchObject({
        name: "LajuError",
        code: "E_DB_CONNECT",
        cause: { code: "ECONNREFUSED" },
      });
      expect(error.message).toContain(`the database at 127.0.0.1:${port} (DATABASE_URL) cannot be used: `);
      expect(error.message + error.hint).not.toContain("hunter2");
    },
  );

  test("a server that never answers times out within seconds", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as { port: number };
    const started = Date.now();
    const failures = [];
    for (const protocol of ["postgres", "mysql"]) {
      const DB = await load({ DATABASE_URL: `${protocol}://me:hunter2@127.0.0.1:${port}/app` });
      failures.push(
        DB.raw("select 1").then(
          () => undefined,
          (error) => error.code,
        ),
      );
    }
    expect(await Promise.all(failures)).toEqual(["E_DB_CONNECT", "E_DB_CONNECT"]);
    expect(Date.now() - started).toBeLessThan(8000);
    silent.close();
  });
});

describe.skipIf(postgresNeed.skip)(`PostgreSQL${postgresNeed.label}`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  test("errors show statements without their values", async () => {
    await errorsWithoutValues(await load({ DATABASE_URL: server.url }), true);
  });

  test("behaves like SQLite wherever possible", async () => {
    const DB = await load({ DATABASE_URL: server.url });
    await commonBehaviour(DB);
    const { rows } = await DB.raw("select 9007199254740993::bigint as big, 7::bigint as small");
    expect(rows).toEqual([{ big: "9007199254740993", small: 7 }]);
  });

  test("runs laju's own migrations and rolls them back", async () => {
    const DB = await load({ DATABASE_URL: server.url });
    await DB.migrate.latest(lajuTables);
    expect(await DB.schema.hasTable("cache")).toBe(true);
    await DB.migrate.rollback(lajuTables, true);
    expect(await DB.schema.hasTable("cache")).toBe(false);
  });

  test("the connection started on first use serves the first query", async () => {
    let connections = 0;
    let said = "";
    const proxy = createServer((socket) => {
      connections++;
      socket.on("data", (data) => (said += data.toString("latin1")));
      const onward = connect(Number(new URL(server.url).port), "127.0.0.1");
      socket.pipe(onward).pipe(socket);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => proxy.once("listening", resolve));
    const url = new URL(server.url);
    url.port = String((proxy.address() as { port: number }).port);
    const DB = await load({ DATABASE_URL: url.href });
    expect(DB.client).toBeDefined();
    await until(() => connections === 1);
    expect((await DB.raw("select 42 as answer")).rows).toEqual([{ answer: 42 }]);
    expect(connections).toBe(1);
    // laju has not asked for the version, because the server announces it when a client connects.
    expect(said).not.toContain("version");
    const { rows } = await DB.raw("show server_version");
    expect(rows[0].server_version.split(" ")[0]).toBe(DB.client.version);
    await Promise.all([1, 2].map(() => DB.raw("select pg_sleep(0.1)")));
    expect(connections).toBe(2);
    await DB.destroy();
    proxy.close();
  });

  test("a missing database is reported with the server's own message", async () => {
    const DB = await load({ DATABASE_URL: server.url.replace(/\/postgres$/, "/nowhere") });
    await expect(DB.raw("select 1")).rejects.toThrow(
      /\(DATABASE_URL\) cannot be used: database "nowhere" does not exist/,
    );
  });

  test("an idle pool does not keep a finished script alive, but a running query does", async () => {
    const app = makeApp({
      "commands/Ends.ts": `import DB from "../app/services/DB";
        (async () => {
          await Promise.all([1, 2, 3].map(() => DB.raw("select pg_sleep(0.2)")));
          await DB.transaction(async (trx) => { await trx.raw("select 1"); });
          console.log("done");
          const end = Date.now();
          process.on("exit", () => console.log(Date.now() - end < 900 ? "prompt" : "late"));
        })();`,
    });
    const { stdout, status } = await app.run([await bundledScript(app, "commands/Ends.ts")], {
      env: { DATABASE_URL: server.url },
    });
    app.remove();
    expect([stdout, status]).toEqual(["done\nprompt\n", 0]);
  });
});

describe.skipIf(mysqlNeed.skip)(`MySQL${mysqlNeed.label}`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startMysql();
  });
  afterAll(() => server?.stop());

  test("errors show statements without their values", async () => {
    await errorsWithoutValues(await load({ DATABASE_URL: server.url }), true);
  });

  test("behaves like SQLite wherever possible", async () => {
    const DB = await load({ DATABASE_URL: server.url });
    await commonBehaviour(DB);
    await DB.migrate.latest(lajuTables);
    expect(await DB.schema.hasTable("cache")).toBe(true);
  });
});
