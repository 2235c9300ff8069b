import { setTimeout as pause } from "node:timers/promises";
import type { Knex } from "knex";
import { LajuError } from "../../config/errors";
import { lockOwner } from "../../files/lockOwner";
import { makeFile } from "../../files/openFile";
import { logInfo, logWarn } from "../Logger";
import type { DatabasePlace } from "./databasePlace";
import { sqliteDriver } from "./sqliteDriver";

/** How often it is asked for while another has it, in milliseconds. */
const askEvery = 100;
/** For how long, in milliseconds: a deployment that waits for a process that hangs has to end some time. */
const usualPatience = 600_000;

export interface Migrated {
  place: DatabasePlace;
  database: Knex;
  /** Knex's own, of what has run. */
  table?: string | undefined;
  /** How long to wait for another process that migrates it, in milliseconds. */
  patience?: number | undefined;
}

/** Held by a connection, so that it is free when its process has gone, whatever ended it. */
interface Lock {
  take(): Promise<boolean>;
  /** Who has it, for people. */
  holder(): Promise<string>;
  release(): Promise<unknown>;
}

/**
 * Of several processes that migrate one database, one does and the others wait. Knex's own lock is a row: whoever
 * finds it taken fails; where changes of tables commit by themselves (MySQL), one that was killed leaves it taken for
 * ever; and two that make its table at once fail, or make two rows, which no update takes for the one it looks for.
 */
export async function migratingAlone<T>(
  { place, database, table = "knex_migrations", patience = usualPatience }: Migrated,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await lockFor(place, database);
  try {
    await waitFor(lock, patience);
    await freeRow(database, `${table}_lock`);
    return await work();
  } finally {
    // When it cannot be released its connection has gone, and the lock with it.
    await lock.release().catch(() => {});
  }
}

async function waitFor(lock: Lock, patience: number): Promise<void> {
  const giveUpAt = Date.now() + patience;
  for (let turn = 0; !(await lock.take()); turn++) {
    if (turn === 0) {
      logInfo("Another process is migrating this database: waiting for its end", { by: await lock.holder() });
    }
    if (Date.now() > giveUpAt) throw tookTooLong(await lock.holder(), patience);
    await pause(askEvery);
  }
}

function tookTooLong(holder: string, patience: number): LajuError {
  return new LajuError(`${holder} has been migrating this database for more than ${patience / 1000} s`, {
    code: "E_MIGRATING",
    hint: "Nothing was changed. Wait for its end, or end it if it hangs, then try again.",
  });
}

/** Nobody migrates now: a row that says so was left by one that was killed. */
async function freeRow(database: Knex, table: string): Promise<void> {
  if (!(await database.schema.hasTable(table))) return;
  const rows: number[] = await database(table).pluck("is_locked");
  if (rows.length === 1 && rows[0] === 0) return;
  if (rows.includes(1)) logWarn("The last migration was ended before its end");
  await database(table).delete();
  await database(table).insert({ is_locked: 0 });
}

async function lockFor(place: DatabasePlace, database: Knex): Promise<Lock> {
  if (place.engine !== "sqlite") return place.engine === "pg" ? postgresLock(database) : mysqlLock(database);
  // Opened, and made with its folder, as DB does it.
  await database.raw("select 1");
  return sqliteLock(place.file);
}

/** Beside the database, as its write lock belongs to the migrations themselves. */
function sqliteLock(file: string): Lock {
  const beside = file === ":memory:" ? file : `${file}-migrating`;
  if (file !== ":memory:") makeFile(beside);
  const handle = new (sqliteDriver())(beside, { timeout: 0 });
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
    holder: async () => lockOwner(beside),
    release: async () => handle.close(),
  };
}

/** A transaction's: a session's would stay behind with a pooler that gives each transaction another session. */
async function postgresLock(database: Knex): Promise<Lock> {
  const trx = await database.transaction();
  await trx.raw("set local idle_in_transaction_session_timeout = 0");
  return {
    async take() {
      const asked = "select pg_try_advisory_xact_lock(hashtext('laju'), hashtext('migrations')) as is_taken";
      return (await trx.raw(asked)).rows[0].is_taken;
    },
    async holder() {
      const { rows } = await trx.raw(
        `select pid, host(client_addr) as address from pg_locks join pg_stat_activity using (pid)
         where locktype = 'advisory' and granted and classid = hashtext('laju')::bigint & 4294967295
           and objid = hashtext('migrations')::bigint & 4294967295
           and pg_locks.database = (select oid from pg_database where datname = current_database()) limit 1`,
      );
      return sessionText(rows[0]?.pid, rows[0]?.address);
    },
    release: () => trx.commit(),
  };
}

/** The names of MySQL's locks are those of all databases of a server. */
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

/** What the server tells of who has it; nothing where it has just let go. */
function sessionText(session: unknown, address?: unknown): string {
  if (session == null) return "another process";
  return `the server's session ${session}${address == null ? "" : ` from ${address}`}`;
}
