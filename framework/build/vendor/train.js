// Loads one vendored package, uses it as commands do, and writes V8's code cache with the functions that were called,
// so that runs don't have to compile them. Arguments: folder, package, file, file of the SQLite driver, cache file.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Script } from "node:vm";
import { mailServer, redisServer } from "../trainingServers.js";
import { writeCache } from "../writeCache.js";

const [folder, name, file, driver, cache] = process.argv.slice(2);
const { script, exports } = load(file);
await exercise(name, exports);
writeCache(cache, script.createCachedData());
process.exit(0);

function load(base) {
  const filename = join(folder, `${base}.js`);
  const script = new Script(readFileSync(filename, "utf8"), { filename });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, folder);
  return { script, exports: module.exports };
}

async function exercise(packageName, loaded) {
  const exercises = {
    knex: useKnex,
    "better-sqlite3": useSqlite,
    "better-sqlite3-node20": useSqlite,
    ioredis: useRedis,
    nodemailer: useMail,
    winston: useWinston,
    ejs: (ejs) =>
      ejs.compile("<% for (const x of list) { %><%= x %><%- include('y') %><% } %>", { client: true }),
    "html-to-text": ({ convert }) => convert("<h1>a</h1><p>b <a href='c'>d</a></p><ul><li>e</li></ul>"),
  };
  await exercises[packageName]?.(loaded);
}

/** Runs typical queries in an in-memory database. */
async function useKnex(knex) {
  // There is no SQLite driver for this Node, so skip the queries.
  if (driver === "") return;
  const { exports: Driver } = load(driver);
  const Client = knex({ client: "better-sqlite3", useNullAsDefault: true }).client.constructor;
  class InMemory extends Client {
    initializeDriver() {
      this.driver = Driver;
    }
    async acquireRawConnection() {
      return new Driver(":memory:");
    }
  }
  const pool = { min: 1, max: 1 };
  const db = knex({ client: InMemory, connection: { filename: ":memory:" }, useNullAsDefault: true, pool });
  await db.raw("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER UNIQUE)");
  await db("t").insert({ a: 1 }).onConflict("a").merge();
  await db.transaction(async (trx) => trx("t").insert({ a: 2 }).returning("id"));
  await db("t")
    .where({ a: 1 })
    .andWhere("id", "<", 2)
    .whereIn("id", [1])
    .whereNull("a")
    .orderBy("a")
    .limit(3);
  await db.from("t").join("t as u", "t.a", "u.a").select("t.a").groupBy("t.a").first();
  await db("t").count("* as count").first();
  await db("t").where("a", 1).update({ a: 3 });
  await db("t").where("a", 3).delete();
  await db.raw("select ?", [1]);
  await db.destroy();
}

function useSqlite(Database) {
  const db = new Database(":memory:");
  db.pragma("journal_mode = WAL");
  db.pragma("user_version", { simple: true });
  db.exec("CREATE TABLE t (a)");
  db.transaction(() => db.prepare("INSERT INTO t VALUES (?)").run(1)).exclusive();
  db.prepare("SELECT * FROM t WHERE a = @a").all({ a: 1 });
  db.prepare("SELECT * FROM t").get();
}

async function useRedis({ Redis }) {
  const server = await redisServer();
  const redis = new Redis({ port: server.address().port, enableReadyCheck: false, lazyConnect: true });
  await redis.connect();
  await redis.set("a", "b", "EX", 5);
  await redis.get("a");
  await redis.pipeline().set("a", 1).incr("a").exec();
  await redis.quit();
}

async function useMail({ createTransport }) {
  const server = await mailServer();
  const mail = { from: "a@example.com", to: "b@example.com", subject: "c", text: "d", html: "<p>e</p>" };
  const transport = createTransport({ port: server.address().port, pool: true, ignoreTLS: true });
  await transport.sendMail(mail);
  transport.close();
  await createTransport({ streamTransport: true, buffer: true }).sendMail(mail);
}

function useWinston({ createLogger, format, transports }) {
  const logger = createLogger({
    format: format.combine(format.timestamp(), format.json()),
    transports: [new transports.Stream({ stream: new PassThrough() })],
  });
  logger.info("a", { b: 1 });
}
