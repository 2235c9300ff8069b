import type { Knex } from "knex";
import { settings } from "../config/config";
import { require } from "../config/require";
import { type DatabaseLocation, databaseLocation, stageLocation } from "./database/databaseLocation";
import { connectEarly } from "./database/earlyConnection";
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

/**
 * The app's database: a Knex instance that is created on first use. With PostgreSQL, creating it also starts a
 * connection.
 */
const DB = lazy(
  () => Object.assign(openKnex(databaseLocation()), { connection }),
  () => {},
) as AppDatabase;
export default DB;

const connections = new Map<string, AnyKnex>();

function connection(stage: string): AnyKnex {
  const open = connections.get(stage);
  if (open?.client.pool !== undefined) return open;
  const isDefault = stage === settings().dbConnection;
  const opened = openKnex(isDefault ? databaseLocation() : stageLocation(stage));
  connections.set(stage, opened);
  return opened;
}

function openKnex(place: DatabaseLocation): AnyKnex {
  const stream = place.engine === "pg" ? connectEarly(place.url) : undefined;
  const { knex } = require("knex") as typeof import("knex");
  const isSqlite = place.engine === "sqlite";
  const instance: AnyKnex = knex({
    client: clientFor(place, stream),
    connection: isSqlite ? { filename: place.file } : place.url,
    pool: isSqlite ? { min: 1, max: 1 } : { min: 0, max: 10 },
    acquireConnectionTimeout: acquireTimeout,
    useNullAsDefault: true,
    migrations: { migrationSource: migrationSource(), extension: "ts" },
    // Errors show statements with placeholders, because the values may be secrets.
    compileSqlOnError: false,
    asyncStackTraces: settings().environment !== "production",
    log: knexLog,
  });
  prepareMigrations(instance, place);
  return instance;
}

/** The migrator's methods that change the database. */
const migratingMethods = ["latest", "up", "to", "before", "down", "rollback"] as const;
type Migrator = Knex.Migrator &
  Record<(typeof migratingMethods)[number], (...args: never[]) => Promise<unknown>>;

/**
 * Makes migrations run under a lock, so that concurrent processes wait for each other. Also sets `isMigrating` on the
 * migrator's own copy of the client, which the SQLite client's transaction() checks.
 */
function prepareMigrations(instance: AnyKnex, place: DatabaseLocation): void {
  const migrate = Object.getOwnPropertyDescriptor(instance, "migrate")?.get;
  if (migrate === undefined) return;
  Object.defineProperty(instance, "migrate", {
    configurable: true,
    get() {
      const migrator: Migrator = migrate.call(this);
      Object.assign((migrator as unknown as { knex: Knex }).knex.client, { isMigrating: true });
      for (const name of migratingMethods) {
        const work = migrator[name].bind(migrator);
        migrator[name] = async (...args) => {
          const { tableName: table } = (args[0] ?? {}) as Knex.MigratorConfig;
          const { withMigrationLock } = await import("./database/migrationLock");
          return withMigrationLock({ place, database: instance, table }, () => work(...args));
        };
      }
      return migrator;
    },
  });
}

/** Drops the warnings of Knex that repeat an error it also throws, and logs all others. */
const knexLog = {
  warn(message: string) {
    if (!/^(Acquire connection error|Connection Error|migration )/.test(message)) logWarn(message);
  },
  error: (message: string) => logError(message),
  debug: (message: string) => logDebug(message),
  deprecate: (method: string, alternative: string) => logWarn(`${method} is deprecated, use ${alternative}`),
  enableColors: false,
};
