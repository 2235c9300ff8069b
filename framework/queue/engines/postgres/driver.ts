import { withoutValues } from "../../../services/database/sqlErrors";
import type { Answer, Driver } from "../server/connection";

/** "laju" in hexadecimal: the first half of advisory lock keys. */
export const lockSpace = 0x6c616a75;

/** The server's clock. It advances within a transaction, because the app's transactions may be long. */
export const now = "(extract(epoch from statement_timestamp()) * 1000)::bigint";

/**
 * A suffix that distinguishes the queues of several schemas, because locks and notifications belong to a whole
 * database. It is empty for `public`, so that names there are the same as in earlier releases, which have no suffix.
 */
export const schemaSuffix = `coalesce((select case when n.nspname = 'public' then '' else '_' || n.oid end
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass('jobs')), '')`;

/**
 * Locks `matchName`s. Scheduling a job and queueing a cron job's next run lock the same names in the same order, so
 * they can't deadlock.
 */
export const lockMatches = `select pg_advisory_xact_lock(${lockSpace}, hash) from (
  select distinct hashtext(name || ${schemaSuffix}) as hash from unnest($1::text[]) name order by 1) names`;

/** The part of pg's Client that we use. */
export interface PostgresClient {
  query(query: object): Promise<{ rows: unknown[][]; rowCount: number | null }>;
  connection: { stream: { destroy(): void } };
  on(event: "notification", listener: (message: { payload?: string }) => void): void;
  on(event: "end", listener: () => void): void;
}

const names = new Map<string, string>();
/** How often all prepared statements have been renamed. */
let generation = 0;
/**
 * PostgreSQL's code for "cached plan must not change result type", which means that someone changed the type of a
 * column.
 */
const changedType = "0A000";
/**
 * Whether statements can be named. False behind a pooler that gives each transaction another session: prepared
 * statements don't work there.
 */
let canName = true;

export const postgresDriver: Driver = {
  async ask(raw, sql, values, timeoutMs): Promise<Answer> {
    const client = raw as PostgresClient;
    const query = { text: sql, rowMode: "array", query_timeout: timeoutMs };
    // Without `values`, pg uses the simple protocol: one message instead of five.
    const whole = values === undefined ? query : { ...query, values, ...(canName && { name: nameOf(sql) }) };
    try {
      const { rows, rowCount } = await client.query(whole);
      return { rows, count: rowCount ?? 0 };
    } catch (error) {
      if (error.code === "26000" || error.code === "42P05") canName = false;
      if (error.code === changedType) renameAll();
      throw withoutValues(error, sql, values);
    }
  },
  cut: (raw) => (raw as PostgresClient).connection.stream.destroy(),
  isAnswer(error: Error & { severity?: string; code?: string }) {
    return error.severity === "ERROR" && !/^(57P|08)/.test(error.code ?? "");
  },
};

function nameOf(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) {
    name = `laju_${generation}_${names.size + 1}`;
    names.set(sql, name);
  }
  return name;
}

/** Renames all statements, so that they are prepared again: pg prepares each name only once. */
function renameAll(): void {
  generation++;
  names.clear();
}
