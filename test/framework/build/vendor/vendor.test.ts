import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { postgresNeed, startPostgres } from "../../../support/servers/postgres";
import { redisNeed, startRedis } from "../../../support/servers/redis";
import { until } from "../../../support/servers/server";

const declared = (text: string) => `import { command } from "../app/console/command";\n${text}`;
const database = 'import DB from "../app/services/DB";';

const commands = {
  Queries: declared(`${database} import { logInfo } from "../app/services/Logger";
    export default command({ schedule: "0 8 * * *", async run() {
      logInfo("Answer", await DB.select(DB.raw("6 * 7 as answer")).first());
    } });`),
  Compares: declared(`${database} import knex from "knex"; import viaPackage from "asks-for-knex";
    export default command({ run() {
      console.log(DB.client instanceof knex.Client, viaPackage === knex, typeof knex.QueryBuilder.extend);
    } });`),
  Nests:
    declared(`import own from "nodemailer"; import nested from "brings-nodemailer"; import shared from "asks-for-nodemailer";
    import { createRequire } from "node:module";
    export default command({ run() {
      const ofApp = createRequire(process.cwd() + "/x.js")("nodemailer");
      console.log(nested.version, nested === own, shared === own, ofApp === own, typeof own.createTransport);
    } });`),
  Plugs: declared(`${database} import { knex } from "knex";
    knex.QueryBuilder.extend("answer" as never, (() => 42) as never);
    export default command({ run() { console.log((DB("t") as any).answer()); } });`),
  UsesPackages: declared(`
    import plain, { part } from "plain-package"; import modern, { name } from "modern-package";
    import { parseSync } from "oxc-parser";
    export default command({ run() {
      console.log(plain.kind, part, modern(), name, parseSync("a.ts", "let a: 1").program.type);
    } });`),
  ImportsLate: declared(`
    export default command({ async run() {
      const { count } = await import("../app/counter"); const again = await import("../app/counter");
      const { name } = await import("modern-package"); const { default: DB } = await import("../app/services/DB");
      const { default: same } = await import("app/services/DB");
      console.log(count(), again.count(), name, DB === same, process.memoryUsage.name);
    } });`),
  Shares: declared(`${database}
    import { count } from "../app/counter"; import { countAgain } from "../app/counts"; import { client } from "../app/counts";
    export default command({ run() { console.log(count(), countAgain(), client === DB.client); } });`),
  UsesSchema: declared(`${database}
    export default command({ async run() {
      await DB.schema.createTable("t", (table) => { table.increments("id"); table.string("a").unique(); });
      await DB("t").insert([{ a: "x" }, { a: "y" }]).onConflict("a").ignore();
      await DB.transaction(async (trx) => { await trx("t").where({ a: "y" }).update({ a: "z" }); });
      const list = await DB.migrate.list();
      console.log(await DB("t").pluck("a"), list.length, await DB.schema.hasTable("t"));
      await DB.schema.dropTable("t");
    } });`),
  UsesWinston: declared(`
    import Transport from "winston-transport"; import winston from "winston";
    import logger, { logInfo, logWarn } from "../app/services/Logger";
    const seen: string[] = [];
    class Own extends Transport { log(info: any, done: () => void) { seen.push(info.level + " " + info.message); done(); } }
    export default command({ run() {
      logger.add(new Own()); logger.add(new winston.transports.File({ filename: "own.log" }));
      logInfo("one"); logWarn("two"); logger.child({ a: 1 }).error("three");
      console.log(seen.join(", "));
    } });`),
  UsesRedis: declared(`import Redis from "../app/services/Redis";
    export default command({ async run() {
      const answers = await Redis.pipeline().set("a", 1).incr("a").get("a").exec();
      const sum = await Redis.eval("return redis.call('get', KEYS[1])", 1, "a");
      console.log(JSON.stringify(answers), sum, await Redis.multi().del("a").exec());
    } });`),
  UsesCluster: declared(`import Redis, { Cluster } from "ioredis";
    export default command({ async run() {
      const cluster = new Cluster([process.env.REDIS_URL as string]);
      console.log(await cluster.set("a", 1), await cluster.get("a"), Redis.Cluster === Cluster);
      await cluster.quit();
    } });`),
};

const packages = {
  "asks-for-knex/package.json": '{ "name": "asks-for-knex", "main": "index.js" }',
  "asks-for-knex/index.js": 'module.exports = require("knex");',
  "brings-nodemailer/package.json": '{ "name": "brings-nodemailer", "main": "index.js" }',
  "brings-nodemailer/index.js": 'module.exports = require("nodemailer");',
  "brings-nodemailer/node_modules/nodemailer/package.json":
    '{ "name": "nodemailer", "version": "6.10.1", "main": "index.js" }',
  "brings-nodemailer/node_modules/nodemailer/index.js":
    'exports.version = require("./package.json").version;',
  "asks-for-nodemailer/package.json": '{ "name": "asks-for-nodemailer", "main": "index.js" }',
  "asks-for-nodemailer/index.js": 'module.exports = require("nodemailer");',
  "plain-package/package.json": '{ "name": "plain-package", "main": "index.js" }',
  "plain-package/index.js": 'exports.kind = "CommonJS"; exports.part = "part";',
  "modern-package/package.json": '{ "name": "modern-package", "type": "module", "exports": "./index.js" }',
  "modern-package/index.js": 'export const name = "ES module"; export default () => "called";',
};

describe("build/vendor", () => {
  let app: TestApp;
  const vendor = (...path: string[]) => join(app.root, "build", "vendor", ...path);
  const run = (name: keyof typeof commands, env = {}) =>
    app.run([`commands/${name}.js`], { cwd: join(app.root, "build"), env: { LOG_FORMAT: "pretty", ...env } });
  /** The paths of the code caches for this version of Node. */
  const caches = () =>
    readdirSync(vendor())
      .filter((file) => file.endsWith(".cache"))
      .map((file) => vendor(file));

  beforeAll(async () => {
    app = makeApp({
      ...Object.fromEntries(Object.entries(commands).map(([name, text]) => [`commands/${name}.ts`, text])),
      "app/counter.ts": "let counted = 0;\nexport const count = () => ++counted;\n",
      "app/counts.ts": `import { count } from "./counter";\nimport DB from "./services/DB";
        export const countAgain = () => count();\nexport const client = DB.client;\n`,
    });
    for (const [path, text] of Object.entries(packages)) {
      const file = join(dirname(app.root), "node_modules", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    expect((await app.laju("build")).stderr).toBe("");
    cpSync(vendor(), join(app.root, "vendor"), { recursive: true });
  });
  afterAll(() => app.remove());

  describe("a command works even with", () => {
    afterEach(() => {
      rmSync(vendor(), { recursive: true, force: true });
      cpSync(join(app.root, "vendor"), vendor(), { recursive: true });
    });
    const expectAnswer = async () => {
      expect(await run("Queries")).toMatchObject({
        status: 0,
        stderr: "",
        stdout: expect.stringContaining("answer=42"),
      });
    };

    test("truncated code caches", async () => {
      for (const file of caches()) truncateSync(file, readFileSync(file).length / 2);
      await expectAnswer();
    });

    test("empty code caches", async () => {
      for (const file of caches()) writeFileSync(file, "");
      await expectAnswer();
    });

    test("code caches from another V8", async () => {
      // The header of a code cache: the second word is a hash of V8's version, and the fourth a hash of its flags.
      for (const [at, file] of caches().map((one, index) => [index % 2 ? 4 : 12, one] as const)) {
        const bytes = readFileSync(file);
        bytes.writeUInt32LE(bytes.readUInt32LE(at) ^ 1, at);
        writeFileSync(file, bytes);
      }
      await expectAnswer();
    });

    test("code caches for other sources", async () => {
      const [first, ...others] = caches();
      renameSync(first, `${first}.kept`);
      for (const [index, file] of others.entries()) cpSync(file, [first, ...others][index]);
      rmSync(others.at(-1) as string);
      await expectAnswer();
    });

    test("unreadable code caches", async () => {
      for (const file of caches()) {
        rmSync(file);
        mkdirSync(file);
      }
      await expectAnswer();
    });

    test("no code caches", async () => {
      for (const file of caches()) rmSync(file);
      await expectAnswer();
    });

    test("no bundles, because the packages are also in node_modules", async () => {
      for (const file of readdirSync(vendor())) rmSync(vendor(file));
      await expectAnswer();
    });

    test("a copied read-only folder", async () => {
      const copy = join(dirname(app.root), "copy");
      cpSync(app.root, copy, { recursive: true, verbatimSymlinks: true });
      const before = readdirSync(join(copy, "build"), { recursive: true }).sort();
      const ended = await app.run([join(copy, "build/commands/Queries.js")], { cwd: join(copy, "build") });
      expect(ended).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining('"answer":42') });
      expect(readdirSync(join(copy, "build"), { recursive: true }).sort()).toEqual(before);
    });

    test("caches created with other V8 flags than the run's", async () => {
      const args = ["--max-lazy", "commands/Queries.js"];
      const ended = await app.run(args, { cwd: join(app.root, "build") });
      expect(ended).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining('"answer":42') });
    });

    test("missing files are recreated by the next build", async () => {
      for (const file of caches()) rmSync(file);
      const wanted = readdirSync(join(app.root, "vendor")).sort();
      expect((await app.laju("build")).stderr).toBe("");
      expect(readdirSync(vendor()).sort()).toEqual(wanted);
    });
  });

  const expectOutput = async (name: keyof typeof commands, stdout: string, env = {}) => {
    expect(await run(name, env)).toEqual({ status: 0, signal: null, stderr: "", stdout });
  };

  test("every require of knex returns the knex that DB uses", () =>
    expectOutput("Compares", "true true function\n"));

  test("a package with its own version of a library keeps it, and all others share one", () =>
    expectOutput("Nests", "6.10.1 false true true function\n"));

  test("knex prints its queries with DEBUG, and loads nothing for that without it", async () => {
    expect((await run("Queries", { DEBUG: "knex:query" })).stderr).toContain(
      "knex:query select 6 * 7 as answer",
    );
    expect((await run("Queries")).stderr).toBe("");
  });

  test("plugins of knex reach DB", () => expectOutput("Plugs", "42\n"));

  test("the user's own packages work: CommonJS, ES modules and native ones", () =>
    expectOutput("UsesPackages", "CommonJS part called ES module Program\n"));

  test("dynamic imports work, and return modules that are already loaded", () =>
    expectOutput("ImportsLate", "1 2 ES module true memoryUsage\n"));

  test("modules are shared where the source shares them", () => expectOutput("Shares", "1 2 true\n"));

  test("DB keeps its schema builder, transactions and migrations", () =>
    expectOutput("UsesSchema", "[ 'x', 'z' ] 2 true\n"));

  test("the default export of Logger accepts winston's and the user's own transports", async () => {
    const { status, stdout } = await run("UsesWinston");
    expect(status).toBe(0);
    expect(stdout).toContain("info one, warn two, error three\n");
  });

  describe.skipIf(redisNeed.skip)(`Redis${redisNeed.label}`, () => {
    test("keeps pipelines, scripts and transactions", async () => {
      const redis = await startRedis();
      try {
        const expected = '[[null,"OK"],[null,2],[null,"2"]] 2 [ [ null, 1 ] ]\n';
        await expectOutput("UsesRedis", expected, { REDIS_URL: redis.url });
      } finally {
        await redis.stop();
      }
    });

    test("keeps its Cluster", async () => {
      const redis = await startRedis({
        settings: { "cluster-enabled": "yes", "cluster-announce-ip": "127.0.0.1" },
      });
      const node = new Redis(redis.url);
      try {
        await node.cluster("ADDSLOTSRANGE", 0, 16383);
        await until(async () => (await node.cluster("INFO")).includes("cluster_state:ok"));
        await expectOutput("UsesCluster", "OK 1 true\n", { REDIS_URL: redis.url });
      } finally {
        node.disconnect();
        await redis.stop();
      }
    });
  });

  describe.skipIf(postgresNeed.skip)(`PostgreSQL${postgresNeed.label}`, () => {
    test("gets the password, and rejects a wrong one", async () => {
      const postgres = await startPostgres({ auth: "scram-sha-256" });
      try {
        const right = await run("Queries", { DATABASE_URL: postgres.url });
        expect(right).toMatchObject({ status: 0, stdout: expect.stringContaining("answer=42") });
        const wrong = await run("Queries", { DATABASE_URL: postgres.url.replace("s3cret", "secret") });
        expect(wrong.status).toBe(1);
        expect(wrong.stderr).toContain('password authentication failed for user "laju"');
      } finally {
        await postgres.stop();
      }
    });
  });
});
