import knex, { type Knex } from "knex";
import { migrationSource } from "../../../../framework/services/database/migrations";
import {
  type Database,
  openSqlite,
  sqliteDriver,
} from "../../../../framework/services/database/sqliteDriver";
import { kindOf, linkName } from "../kinds";
import type { Row, Rows } from "./rows";

const columns = `id, type, status, attempts, locked_by, due, created_at, cron, reschedule_delay,
  coalesce(rescheduled_from_job, rescheduled_from) as rescheduled_from,
  substr(error, 1, 300) as error, substr(data, 1, 200) as data`;

interface Record {
  id: number;
  type: string;
  status: string;
  attempts: number;
  locked_by: string | null;
  due: number | null;
  created_at: number | null;
  rescheduled_from: number | null;
  cron: string | null;
  reschedule_delay: number | null;
  error: string | null;
  data: string | null;
}

/** The queue's table in an SQLite file. */
export class SqliteRows implements Rows {
  constructor(readonly database: Database) {}

  static async open(file: string): Promise<SqliteRows> {
    const database = knex({
      client: "better-sqlite3",
      connection: { filename: file },
      useNullAsDefault: true,
    });
    Object.assign(database.client, { driver: sqliteDriver() });
    await database.migrate.latest({ migrationSource: migrationSource() });
    await database.destroy();
    return new SqliteRows(openSqlite(file, { mustExist: true }));
  }

  async all(): Promise<Row[]> {
    return (this.database.prepare(`select ${columns} from jobs`).all() as Record[]).map(toRow);
  }

  async ofType(type: string): Promise<Row[]> {
    const found = this.database.prepare(`select ${columns} from jobs where type = ?`).all(type);
    return (found as Record[]).map(toRow);
  }

  async workers(): Promise<{ id: string; pid: number }[]> {
    return this.database.prepare("select id, pid from queue_workers").all() as { id: string; pid: number }[];
  }

  async disconnectAll(): Promise<void> {}

  async close(): Promise<void> {
    this.database.close();
  }
}

/** The queue's table on a database server. */
export class ServerRows implements Rows {
  constructor(readonly database: Knex) {}

  static async open(url: string): Promise<ServerRows> {
    const isPostgres = url.startsWith("postgres");
    const database = knex({
      client: isPostgres ? "pg" : "mysql2",
      connection: url,
      pool: { min: 0, max: 2 },
      // Ignore errors of the connection, because faults stop the server.
      log: { warn: quiet, error: quiet, debug: quiet, deprecate: quiet },
    });
    await database.migrate.latest({ migrationSource: migrationSource() });
    return new ServerRows(database);
  }

  async all(): Promise<Row[]> {
    const found = await this.database("jobs").select(this.database.raw(columns));
    return (found as Record[]).map(toRow);
  }

  async ofType(type: string): Promise<Row[]> {
    const found = await this.database("jobs").where({ type }).select(this.database.raw(columns));
    return (found as Record[]).map(toRow);
  }

  async workers(): Promise<{ id: string; pid: number }[]> {
    return this.database("queue_workers").select("id", "pid");
  }

  async disconnectAll(): Promise<void> {
    if (this.database.client.dialect === "postgresql") {
      await this.database.raw(`select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and backend_type = 'client backend'`);
      return;
    }
    const [processes] = await this.database.raw(`select id from information_schema.processlist
      where id <> connection_id() and command <> 'Daemon' and user <> 'system user'`);
    for (const { id } of processes) await this.database.raw(`kill ${Number(id)}`).catch(() => {});
  }

  async close(): Promise<void> {
    await this.database.destroy();
  }
}

function quiet(): void {}

function toRow(record: Record): Row {
  const data = record.data ?? "";
  return {
    id: Number(record.id),
    n: nameOf(record.type, nameIn(data), Number(record.id)),
    type: record.type,
    state: record.status,
    attempt: record.attempts,
    worker: record.locked_by,
    unique: uniqueIn(data),
    due: record.due === null ? null : Number(record.due),
    createdAt: record.created_at === null ? null : Number(record.created_at),
    rescheduledFrom: record.rescheduled_from === null ? null : Number(record.rescheduled_from),
    isCron: record.cron !== null,
    isRescheduled: record.reschedule_delay !== null,
    error: record.error ?? "",
  };
}

/** The regular expressions rely on the order of the fields in a job's data (see Load). */
export function nameIn(data: string): string {
  return /^\{"n":"([^"]*)"/.exec(data)?.[1] ?? "";
}

export function uniqueIn(data: string): string | undefined {
  return /^\{"n":"[^"]*","ms":\d+,"unique":"([^"]*)"/.exec(data)?.[1];
}

/** The name of a job. Jobs of a chain have the same data, so the name includes the id. */
export function nameOf(type: string, n: string, id: number): string {
  return kindOf(type)?.isChain ? linkName(n, id) : n;
}
