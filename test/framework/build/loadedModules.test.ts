import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { postgresNeed, startPostgres } from "../../support/servers/postgres";
import { redisNeed, startRedis } from "../../support/servers/redis";

/** What a compiled command loads in addition to what a bare start of node loads. */
interface Loaded {
  /** Built-in modules with a public name. */
  builtins: string[];
  /** Packages that are loaded from build/vendor. */
  vendor: string[];
  /** Files of npm packages that are loaded one by one. */
  packages: string[];
}

const declared = (imports: string, work: string) => `
import { command } from "../app/console/command";
${imports}
export default command({ schedule: "0 8 * * *", async run() { ${work} } });
`;
const logger = 'import { logInfo } from "../app/services/Logger";';

const limited = declared(logger, 'logInfo("one");').replace("schedule:", 'timeout: "1m", schedule:');

const commands = {
  LogsOnly: declared(logger, 'logInfo("one"); logInfo("two", { a: 1 }); console.log("three");'),
  QueriesDB: declared('import DB from "../app/services/DB";', 'await DB.raw("select 1");'),
  QueriesSQLite: declared('import SQLite from "../app/services/SQLite";', 'SQLite.get("select 1");'),
  LeavesAll: declared(
    `${logger} import DB from "../app/services/DB"; import Redis from "../app/services/Redis";
     import Mailer from "../app/services/Mailer"; import View from "../app/services/View";`,
    'globalThis["kept"] = [DB, Redis, Mailer, View]; logInfo("one");',
  ),
  UsesWinston: declared('import logger from "../app/services/Logger";', 'logger.info("one");'),
  TakesArguments: declared("", ""),
  LimitsTime: limited,
};

/** A command that runs until its standard input gets data. */
const held = {
  Runs: declared(
    "",
    'console.log("ready"); await new Promise((resolve) => process.stdin.once("data", resolve));',
  ),
};

/** Commands that query a server. */
const served = {
  SetsRedis: declared('import Redis from "../app/services/Redis";', 'await Redis.set("a", "b");'),
  QueriesPostgres: declared('import DB from "../app/services/DB";', 'await DB.raw("select 1");'),
};

// vm evaluates the shared bundle.
const supervision = ["vm"];
const streams = ["stream", "stream/promises"];
// Sockets alone need these modules, and not tls, dns, crypto, zlib or http.
const sockets = ["net", "diagnostics_channel"];
const sqlite = process.versions.node.startsWith("20.") ? "better-sqlite3-node20" : "better-sqlite3";

/**
 * The package that takes the lock. SQLite is loaded only by commands that query it, because a successful run doesn't
 * open the ledger.
 */
const lock = "fs-native-extensions";

const expected: Record<keyof typeof commands, Loaded> = {
  LogsOnly: { builtins: supervision, vendor: [lock], packages: [] },
  QueriesDB: { builtins: supervision, vendor: [sqlite, lock, "knex"], packages: [] },
  QueriesSQLite: { builtins: supervision, vendor: [sqlite, lock], packages: [] },
  LeavesAll: { builtins: supervision, vendor: [lock], packages: [] },
  UsesWinston: { builtins: [...supervision, ...streams], vendor: [lock, "winston"], packages: [] },
  TakesArguments: { builtins: supervision, vendor: [lock], packages: [] },
  // The watchdog thread needs these. child_process is not among them, because a successful run starts no other process.
  LimitsTime: {
    builtins: [...supervision, ...streams, "diagnostics_channel", "worker_threads"],
    vendor: [lock],
    packages: [],
  },
};

describe("a compiled command loads", () => {
  let app: TestApp;
  let bare: Set<string>;
  beforeAll(async () => {
    app = makeApp(
      Object.fromEntries(
        Object.entries({ ...commands, ...held, ...served }).map(([name, text]) => [
          `commands/${name}.ts`,
          text,
        ]),
      ),
    );
    expect((await app.laju("build")).stderr).toBe("");
    mkdirSync(join(app.root, "logs"));
    writeFileSync(join(app.root, "empty.js"), "");
    writeFileSync(join(app.root, "watch.cjs"), watch);
    bare = new Set(whatIsLoaded(app, join(app.root, "empty.js")).builtins);
    // Run each command once, because the first run creates the databases and the ledger's tables.
    for (const name of Object.keys(commands)) whatIsLoaded(app, `commands/${name}.js`);
  });
  afterAll(() => app.remove());

  const expectLoaded = (name: string, wanted: Loaded, env = {}) => {
    const loaded = whatIsLoaded(app, `commands/${name}.js`, env);
    expect({ ...loaded, builtins: loaded.builtins.filter((one) => !bare.has(one)) }).toEqual({
      ...wanted,
      builtins: wanted.builtins.filter((one) => !bare.has(one)).sort(),
    });
  };

  test.each(Object.keys(commands) as (keyof typeof commands)[])("%s", (name) => {
    expectLoaded(name, expected[name]);
  });

  test("a skipped run: no ledger", async () => {
    const env = { ...process.env, NODE_ENV: "" };
    const running = spawn(process.execPath, ["commands/Runs.js"], { cwd: join(app.root, "build"), env });
    const ended = once(running, "exit");
    await once(running.stdout, "data");
    expectLoaded("Runs", { builtins: supervision, vendor: [lock], packages: [] });
    running.stdin.write("\n");
    await ended;
    expect(readFileSync(join(app.root, "logs", "X.log"), "utf8")).toContain("skipped Runs: still running");
  });

  test.skipIf(redisNeed.skip)(`SetsRedis${redisNeed.label}`, async () => {
    const redis = await startRedis();
    try {
      const wanted = { builtins: [...supervision, ...streams, ...sockets], vendor: [lock, "ioredis"] };
      expectLoaded("SetsRedis", { ...wanted, packages: [] }, { REDIS_URL: redis.url });
    } finally {
      await redis.stop();
    }
  });

  test.skipIf(postgresNeed.skip)(`QueriesPostgres${postgresNeed.label}`, async () => {
    const postgres = await startPostgres();
    try {
      const wanted = {
        builtins: [...supervision, ...streams, ...sockets, "util/types"],
        vendor: [lock, "knex", "pg"],
      };
      expectLoaded("QueriesPostgres", { ...wanted, packages: [] }, { DATABASE_URL: postgres.url });
    } finally {
      await postgres.stop();
    }
  });
});

/** Runs a program as cron does, with its output in a file, and lists what it has loaded when it exits. */
function whatIsLoaded({ root }: TestApp, file: string, more = {}): Loaded {
  const log = openSync(join(root, "logs", "X.log"), "a");
  const answer = join(root, "loaded.json");
  const { PATH, HOME } = process.env;
  const { status } = spawnSync(process.execPath, ["--require", join(root, "watch.cjs"), file], {
    cwd: join(root, "build"),
    env: { PATH, HOME, ANSWER: answer, ...more },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  expect(status, readFileSync(join(root, "logs", "X.log"), "utf8")).toBe(0);
  return JSON.parse(readFileSync(answer, "utf8"));
}

/** Preloaded into the program. It uses only fs, which every start loads. */
const watch = `
const fs = require("fs");
const openSync = fs.openSync;
const vendor = new Set();
fs.openSync = (file, ...rest) => {
  const found = /[/]vendor[/](.+)-[\\w-]{22}[.]js$/.exec(file);
  if (found) vendor.add(found[1]);
  return openSync(file, ...rest);
};
process.on("exit", () => {
  const answer = {
    builtins: process.moduleLoadList
      .filter((one) => /^NativeModule (?!internal)/.test(one))
      .map((one) => one.slice(13))
      .sort(),
    vendor: [...vendor].sort(),
    packages: Object.keys(require.cache).filter((file) => file.includes("node_modules")).sort(),
  };
  fs.writeFileSync(process.env.ANSWER, JSON.stringify(answer));
});
`;
