import { withoutValues } from "../../../services/database/sqlErrors";
import type { Answer, Driver } from "../server/connection";

/** "laju": the first half of the names of advisory locks. */
export const lockSpace = 0x6c616a75;

/** The server's clock. Within a transaction of the app's it goes on, as that may be long. */
export const now = "(extract(epoch from statement_timestamp()) * 1000)::bigint";

/** Who schedules, and who queues a cron job's next run, wait for each other: by `matchName`, in one order. */
export const lockMatches = `select pg_advisory_xact_lock(${lockSpace}, hash) from (
  select distinct hashtext(name) as hash from unnest($1::text[]) name order by 1) names`;

/** What is used of pg's Client. */
export interface PostgresClient {
  query(query: object): Promise<{ rows: unknown[][]; rowCount: number | null }>;
  connection: { stream: { destroy(): void } };
  on(event: "notification", listener: (message: { payload?: string }) => void): void;
  on(event: "end", listener: () => void): void;
}

const names = new Map<string, string>();
/** How often all of them were named anew. */
let generation = 0;
/** "cached plan must not change result type": somebody has changed the type of a column. */
const changedType = "0A000";
/** A pooler that gives each transaction another session knows no prepared statements: then there are none. */
let canName = true;

export const postgresDriver: Driver = {
  async ask(raw, sql, values, timeoutMs): Promise<Answer> {
    const client = raw as PostgresClient;
    const query = { text: sql, rowMode: "array", query_timeout: timeoutMs };
    // Without values it is the simple protocol: one message instead of five.
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

/** They are to be prepared once more, and pg prepares no name twice. */
function renameAll(): void {
  generation++;
  names.clear();
}
