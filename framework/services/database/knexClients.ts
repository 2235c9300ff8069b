import type { EventEmitter } from "node:events";
import type { Socket as NetSocket } from "node:net";
import type { Knex } from "knex";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import type { DatabaseLocation } from "./databaseLocation";
import { withMigrationHint, withoutValues } from "./sqlErrors";
import { type Database, openSqlite, sqliteDriver } from "./sqliteDriver";
import { rememberDatabase } from "./testNote";

type ClientClass = typeof Knex.Client;
type SqliteLocation = Extract<DatabaseLocation, { engine: "sqlite" }>;
type ServerLocation = Exclude<DatabaseLocation, { engine: "sqlite" }>;

/** How long a server may take to accept a connection, in milliseconds. */
const connectTimeout = 5000;

/** Knex's client with laju's driver, PRAGMAs, time limits and errors. `stream` creates the sockets for pg. */
export function clientFor(place: DatabaseLocation, stream?: () => NetSocket): ClientClass {
  return place.engine === "sqlite" ? sqliteClient(place) : serverClient(place, stream);
}

/** Knex's own client class, taken from an unconnected instance so that only knex's main module is imported. */
function knexClient(engine: string): ClientClass {
  const { knex } = require("knex") as typeof import("knex");
  return knex({ client: engine, useNullAsDefault: true }).client.constructor as ClientClass;
}

function sqliteClient({ file, mustExist }: SqliteLocation): ClientClass {
  return class extends withErrors(knexClient("better-sqlite3"), describeSqliteWait) {
    override initializeDriver(): void {
      this.driver = sqliteDriver();
    }

    override async acquireRawConnection(): Promise<Database> {
      return openSqlite(file, { mustExist });
    }

    /**
     * Turns off foreign keys during migrations, and has knex check every reference before it commits. Migrations
     * rebuild tables, and with foreign keys enforced, `DROP TABLE` would delete the rows that refer to the table.
     */
    override transaction(container: never, config: Knex.TransactionConfig, outer: never) {
      const isMigrating = "isMigrating" in this && !outer;
      const options = isMigrating ? { ...config, enforceForeignCheck: false } : config;
      return super.transaction(container, options, outer);
    }

    /**
     * Begins transactions with IMMEDIATE. A deferred transaction that first reads and then writes fails if another
     * process writes in between.
     */
    override query(connection: Database, query: unknown): unknown {
      return super.query(connection, query === "BEGIN;" ? "BEGIN IMMEDIATE;" : query);
    }
  };
}

function serverClient(place: ServerLocation, stream?: () => NetSocket): ClientClass {
  const Client = knexClient(place.engine);
  rememberDatabase(place);
  return class extends withErrors(Client, (error) => describeServer(place, error)) {
    constructor(config: Knex.Config) {
      super(config);
      const defaults = place.engine === "pg" ? { ...postgresDefaults(this.driver), stream } : mysqlDefaults;
      this.connectionSettings = Object.assign(this.connectionSettings, defaults);
    }

    override initializeDriver(): void {
      this.driver = place.engine === "pg" ? withVersion(loadPostgres()) : require("mysql2");
    }

    /**
     * Returns the version that the server announced. Knex would query it, which costs a round trip before the first
     * query.
     */
    async checkVersion(connection: { serverVersion?: string }): Promise<string> {
      const { checkVersion } = Client.prototype as unknown as VersionChecking;
      return connection.serverVersion ?? checkVersion.call(this, connection);
    }
  };
}

interface VersionChecking {
  checkVersion(this: unknown, connection: unknown): Promise<string>;
}

/** pg, with connections that remember the version that the server announces at the start. */
function withVersion(driver: typeof import("pg")): typeof import("pg") {
  class Client extends driver.Client {
    serverVersion: string | undefined;

    constructor(...args: ConstructorParameters<typeof driver.Client>) {
      super(...args);
      const { connection } = this as unknown as { connection: EventEmitter };
      connection.on("parameterStatus", ({ parameterName, parameterValue }) => {
        if (parameterName === "server_version") this.serverVersion = parameterValue.split(" ")[0];
      });
    }
  }
  return Object.create(driver, { Client: { value: Client } });
}

function withErrors(Base: ClientClass, describe: (error: Error & { code?: string }) => Error): ClientClass {
  const { _query } = Base.prototype as unknown as Querying;
  return class extends Base {
    /** Rewrites a statement's error before knex prepends the statement to its message. */
    async _query(connection: unknown, query: Query): Promise<unknown> {
      try {
        return await _query.call(this, connection, query);
      } catch (error) {
        throw withMigrationHint(withoutValues(error, query.sql, query.bindings));
      }
    }

    override async acquireConnection(): Promise<unknown> {
      try {
        const connection = await super.acquireConnection();
        socketOf(connection)?.ref?.();
        return connection;
      } catch (error) {
        throw describe(error);
      }
    }

    /**
     * Doesn't call `work` if BEGIN failed (SQLITE_BUSY). Knex would call it: its queries would fail, but all code
     * before the first query would run.
     */
    override transaction(work: (trx: Knex.Transaction) => unknown, config: unknown, outer: unknown) {
      return super.transaction(
        (trx: Knex.Transaction) => (trx.isCompleted() ? undefined : work(trx)),
        config,
        outer,
      );
    }

    /** Lets a finished script exit, in spite of an idle connection and the timer that would close the connection. */
    override async releaseConnection(connection: unknown): Promise<void> {
      await super.releaseConnection(connection);
      socketOf(connection)?.unref?.();
      (this.pool as { interval?: Socket | null } | undefined)?.interval?.unref?.();
    }
  };
}

interface Query {
  sql: string;
  bindings?: unknown;
}

interface Querying {
  _query(this: unknown, connection: unknown, query: Query): Promise<unknown>;
}

type Socket = { ref?(): void; unref?(): void };

/** pg's client has ref() and unref() itself; mysql2's has its socket in `stream`. */
function socketOf(connection: unknown): Socket | undefined {
  const { unref, stream } = connection as Socket & { stream?: Socket };
  return typeof unref === "function" ? (connection as Socket) : stream;
}

function postgresDefaults({ types }: typeof import("pg")) {
  const bigint = 20;
  return {
    connectionTimeoutMillis: connectTimeout,
    types: {
      getTypeParser: (type: number, format: "text" | "binary") =>
        type === bigint && format !== "binary" ? parseBigint : types.getTypeParser(type, format as "text"),
    },
  };
}

/** Parses `count(*)` as a number, as SQLite and mysql2 do. A value too large for a number stays a string. */
function parseBigint(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

const mysqlDefaults = { connectTimeout, supportBigNumbers: true };

/**
 * Loads pg. Node 20 has no `navigator`, so pg would create a Response to detect its runtime, which loads undici (22
 * ms).
 */
function loadPostgres(): typeof import("pg") {
  if ("navigator" in globalThis) return require("pg");
  Object.defineProperty(globalThis, "navigator", { value: { userAgent: "Node.js" }, configurable: true });
  try {
    return require("pg");
  } finally {
    delete (globalThis as { navigator?: unknown }).navigator;
  }
}

function describeSqliteWait(error: Error): Error {
  return isPoolTimeout(error) ? poolTimeout(error) : error;
}

function describeServer({ address, url }: ServerLocation, error: Error & { code?: string }): Error {
  if (isPoolTimeout(error)) return poolTimeout(error);
  const { password } = new URL(url);
  const reason = error.message || error.code || error.name;
  const shown = password === "" ? reason : reason.replaceAll(decodeURIComponent(password), "…");
  return new LajuError(`the database at ${address} (DATABASE_URL) cannot be used: ${shown}`, {
    code: "E_DB_CONNECT",
    hint: "Check that the server is running and that DATABASE_URL has the right host, port, user, password and database.",
    cause: error,
  });
}

function isPoolTimeout(error: Error): boolean {
  return error.name === "KnexTimeoutError";
}

function poolTimeout(cause: Error): LajuError {
  return new LajuError("timed out waiting for a free database connection", {
    code: "E_DB_BUSY",
    hint: "Inside DB.transaction, use the trx that it passes instead of DB, and commit or roll back every transaction.",
    cause,
  });
}
