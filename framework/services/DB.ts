import type { Knex } from "knex";
import { settings } from "../config/config";
import { require } from "../config/require";
import { type DatabasePlace, databasePlace, stagePlace } from "./database/databasePlace";
import { connectAhead } from "./database/earlyConnection";
import { clientFor } from "./database/knexClients";
import { migrationSource } from "./database/migrations";
import { logDebug, logError, logWarn } from "./Logger";
import { lazy } from "./lazy";

// biome-ignore lint/suspicious/noExplicitAny: scripts written for Laju read rows of no declared type.
type AnyKnex = Knex<any, any[]>;

export interface AppDatabase extends AnyKnex {
  /** Another stage's database: `DB.connection("test")` is data/test.sqlite3. */
  connection(stage: string): AnyKnex;
}

/** How long a query waits for a free connection of this process, in milliseconds. */
const acquireTimeout = 20_000;

/** The app's database, as Knex: made at the first use (when a connection to PostgreSQL is begun), ready at the first query. */
const DB = lazy(
  () => Object.assign(openKnex(databasePlace()), { connection }),
  () => {},
) as AppDatabase;
export default DB;

const connections = new Map<string, AnyKnex>();

function connection(stage: string): AnyKnex {
  const open = connections.get(stage);
  if (open?.client.pool !== undefined) return open;
  const isDefault = stage === settings().dbConnection;
  const opened = openKnex(isDefault ? databasePlace() : stagePlace(stage));
  connections.set(stage, opened);
  return opened;
}

function openKnex(place: DatabasePlace): AnyKnex {
  const stream = place.engine === "pg" ? connectAhead(place.url) : undefined;
  const { knex } = require("knex") as typeof import("knex");
  const isSqlite = place.engine === "sqlite";
  const instance: AnyKnex = knex({
    client: clientFor(place, stream),
    connection: isSqlite ? { filename: place.file } : place.url,
    pool: isSqlite ? { min: 1, max: 1 } : { min: 0, max: 10 },
    acquireConnectionTimeout: acquireTimeout,
    useNullAsDefault: true,
    migrations: { migrationSource: migrationSource(), extension: "ts" },
    // Errors show statements with their placeholders: the values may be secrets.
    compileSqlOnError: false,
    asyncStackTraces: settings().environment !== "production",
    log: knexLog,
  });
  prepareMigrations(instance, place);
  return instance;
}

/** Those of a migrator's verbs that change the database. */
const migrating = ["latest", "up", "to", "before", "down", "rollback"] as const;
type Migrator = Knex.Migrator & Record<(typeof migrating)[number], (...given: never[]) => Promise<unknown>>;

/**
 * Tells the client of a migrator (a clone of its own) what it is for, see the SQLite client's transaction(); and has
 * it wait for other processes that migrate.
 */
function prepareMigrations(instance: AnyKnex, place: DatabasePlace): void {
  const migrate = Object.getOwnPropertyDescriptor(instance, "migrate")?.get;
  if (migrate === undefined) return;
  Object.defineProperty(instance, "migrate", {
    configurable: true,
    get() {
      const migrator: Migrator = migrate.call(this);
      Object.assign((migrator as unknown as { knex: Knex }).knex.client, { isMigrating: true });
      for (const name of migrating) {
        const work = migrator[name].bind(migrator);
        migrator[name] = async (...given) => {
          const { tableName: table } = (given[0] ?? {}) as Knex.MigratorConfig;
          const { migratingAlone } = await import("./database/migrationLock");
          return migratingAlone({ place, database: instance, table }, () => work(...given));
        };
      }
      return migrator;
    },
  });
}

/** Knex warns on standard output of what it is about to throw as well; that is dropped, the rest is logged. */
const knexLog = {
  warn(message: string) {
    if (!/^(Acquire connection error|Connection Error|migration )/.test(message)) logWarn(message);
  },
  error: (message: string) => logError(message),
  debug: (message: string) => logDebug(message),
  deprecate: (method: string, alternative: string) => logWarn(`${method} is deprecated, use ${alternative}`),
  enableColors: false,
};
