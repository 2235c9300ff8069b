import { setTimeout as pause } from "node:timers/promises";
import type { Knex } from "knex";
import { LajuError } from "../../config/errors";
import { lockOwner } from "../../files/lockOwner";
import { makeFile } from "../../files/openFile";
import { logInfo, logWarn } from "../Logger";
import type { DatabaseLocation } from "./databaseLocation";
import { sqliteDriver } from "./sqliteDriver";

/** How often to retry taking the lock while another process holds it, in milliseconds. */
const pollInterval = 100;
/** How long to wait for the lock, in milliseconds. A deployment must not wait forever for a process that hangs. */
const defaultPatience = 600_000;

export interface MigrationTarget {
  place: DatabaseLocation;
  database: Knex;
  /** Knex's table of completed migrations. */
  table?: string | undefined;
  /** How long to wait for another process that is migrating, in milliseconds. */
  patience?: number | undefined;
}

/** A lock that belongs to a connection, so that it is always released when its process ends. */
interface Lock {
  take(): Promise<boolean>;
  /** Names the lock's holder, for messages. */
  holder(): Promise<string>;
  release(): Promise<unknown>;
}

/**
 * Runs `work` under a lock. If several processes migrate one database, one migrates and the others wait.
 *
 * Knex's own lock, a row in a table, isn't enough. A process that finds the row locked fails. On MySQL, where table
 * changes commit implicitly, a killed process leaves the row locked forever. And if two processes create the lock's
 * table at the same time, they fail or insert two rows, which knex can never lock again.
 */
export async function withMigrationLock<T>(
  { place, database, table = "knex_migrations", patience = defaultPatience }: MigrationTarget,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await lockFor(place, database);
  try {
    await waitFor(lock, patience);
    await freeRow(database, `${table}_lock`);
    return await work();
  } finally {
    // If releasing fails, the connection is gone, and so is the lock.
    await lock.release().catch(() => {});
  }
}

async function waitFor(lock: Lock, patience: number): Promise<void> {
  const giveUpAt = Date.now() + patience;
  for (let attempt = 0; !(await lock.take()); attempt++) {
    if (attempt === 0) {
      logInfo("Waiting for another process that is migrating this database", { by: await lock.holder() });
    }
    if (Date.now() > giveUpAt) throw tookTooLong(await lock.holder(), patience);
    await pause(pollInterval);
  }
}

function tookTooLong(holder: string, patience: number): LajuError {
  return new LajuError(`${holder} has been migrating this database for more than ${patience / 1000} s`, {
    code: "E_MIGRATING",
    hint: "Nothing was changed. Wait for that process to finish, or stop it if it hangs, then retry.",
  });
}

/**
 * Clears knex's lock row. As we hold the real lock, a row that is marked as locked was left behind by a killed process.
 */
async function freeRow(database: Knex, table: string): Promise<void> {
  if (!(await database.schema.hasTable(table))) return;
  const rows: number[] = await database(table).pluck("is_locked");
  if (rows.length === 1 && rows[0] === 0) return;
  if (rows.includes(1)) logWarn("The previous migration was interrupted");
  await database(table).delete();
  await database(table).insert({ is_locked: 0 });
}

async function lockFor(place: DatabaseLocation, database: Knex): Promise<Lock> {
  if (place.engine !== "sqlite") return place.engine === "pg" ? postgresLock(database) : mysqlLock(database);
  // Makes DB open the file, and create it with its folder if necessary.
  await database.raw("select 1");
  return sqliteLock(place.file);
}

/** Locks a separate file, because the migrations need the database's own write lock. */
function sqliteLock(file: string): Lock {
  const lockFile = file === ":memory:" ? file : `${file}-migrating`;
  if (file !== ":memory:") makeFile(lockFile);
  const handle = new (sqliteDriver())(lockFile, { timeout: 0 });
  return {
    async take() {
      try {
        handle.exec("begin exclusive");
        return true;
      } catch (error) {
        if (error.code === "SQLITE_BUSY") return false;
        throw error;
      }
    },
    holder: async () => lockOwner(lockFile),
    release: async () => handle.close(),
  };
}

/**
 * The second half of the lock's key. It contains the schema, because a database's schemas are migrated independently.
 * For the schema `public`, the key is the same as in earlier releases.
 */
const schemaKey = "hashtext('migrations' || coalesce(nullif('_' || current_schema(), '_public'), ''))";

/**
 * Takes a transaction-level lock, because a session-level lock taken through a transaction pooler would outlive this
 * process.
 */
async function postgresLock(database: Knex): Promise<Lock> {
  const trx = await database.transaction();
  await trx.raw("set local idle_in_transaction_session_timeout = 0");
  return {
    async take() {
      const query = `select pg_try_advisory_xact_lock(hashtext('laju'), ${schemaKey}) as is_taken`;
      return (await trx.raw(query)).rows[0].is_taken;
    },
    async holder() {
      const { rows } = await trx.raw(
        `select pid, host(client_addr) as address from pg_locks join pg_stat_activity using (pid)
         where locktype = 'advisory' and granted and classid = hashtext('laju')::bigint & 4294967295
           and objid = ${schemaKey}::bigint & 4294967295
           and pg_locks.database = (select oid from pg_database where datname = current_database()) limit 1`,
      );
      return sessionText(rows[0]?.pid, rows[0]?.address);
    },
    release: () => trx.commit(),
  };
}

/** All databases on a MySQL server share lock names, so the lock's name includes the database's. */
async function mysqlLock(database: Knex): Promise<Lock> {
  const connection = await database.client.acquireConnection();
  const name = "concat('laju migrations ', md5(database()))";
  const ask = async (sql: string) => {
    const [[{ answer }]] = await database.raw(`select ${sql} as answer`).connection(connection);
    return answer;
  };
  return {
    take: async () => (await ask(`get_lock(${name}, 0)`)) === 1,
    holder: async () => sessionText(await ask(`is_used_lock(${name})`)),
    async release() {
      await ask(`release_lock(${name})`);
      await database.client.releaseConnection(connection);
    },
  };
}

/** Describes the session that holds the lock; null if it has just released the lock. */
function sessionText(session: unknown, address?: unknown): string {
  if (session == null) return "another process";
  return `database session ${session}${address == null ? "" : ` from ${address}`}`;
}
