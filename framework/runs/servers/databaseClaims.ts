import DB from "../../services/DB";
import { databaseLocation } from "../../services/database/databaseLocation";
import { isMissingTable } from "../../services/database/sqlErrors";
import { type ClaimStore, keptSeconds } from "./claimStore";

/** The column types. MySQL's default collations would treat "reports/A" and "reports/a" as the same command. */
const types = {
  pg: { text: "text", time: "timestamptz" },
  mysql2: { text: "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", time: "timestamp" },
};

interface ClaimRow {
  key: string;
  holder: string;
}

export const databaseClaims: ClaimStore = {
  claim: (key, holder) =>
    withTable(async () => {
      await DB("laju_claims").insert({ key, holder }).onConflict("key").ignore();
      const row: ClaimRow | undefined = await DB("laju_claims").where({ key }).first();
      if (row?.holder === holder) await forgetOld();
      return row?.holder ?? "unknown";
    }),

  taken: (keys) =>
    withTable(async () => {
      const rows: ClaimRow[] = await DB("laju_claims").whereIn("key", keys).select("key");
      return rows.map(({ key }) => key);
    }),
};

/** Deletes old claims, by the database's clock, which is the same for all servers. An error does not affect the run. */
async function forgetOld(): Promise<void> {
  const before = {
    pg: `now() - interval '${keptSeconds} seconds'`,
    mysql2: `now() - interval ${keptSeconds} second`,
  };
  await DB("laju_claims")
    .where("claimed_at", "<", DB.raw(before[engine()]))
    .delete()
    .catch(() => {}); // The next claim deletes them.
}

/**
 * Creates the table at the first claim. If a migration created the table, every server would fail until someone ran the
 * migration.
 */
async function withTable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isMissingTable(error)) throw error;
    await makeTable();
    return work();
  }
}

async function makeTable(): Promise<void> {
  const { text, time } = types[engine()];
  const quote = engine() === "pg" ? '"' : "`";
  const key = `${quote}key${quote}`;
  try {
    await DB.raw(`CREATE TABLE IF NOT EXISTS laju_claims (
      ${key} ${text} NOT NULL PRIMARY KEY, holder ${text} NOT NULL,
      claimed_at ${time} NOT NULL DEFAULT CURRENT_TIMESTAMP)`);
    await DB.raw("CREATE INDEX laju_claims_by_age ON laju_claims (claimed_at)");
  } catch (error) {
    // Another server may have created the table at the same time, which PostgreSQL and MySQL report in several ways.
    if (!(await DB.schema.hasTable("laju_claims"))) throw error;
  }
}

function engine(): "pg" | "mysql2" {
  return databaseLocation().engine === "pg" ? "pg" : "mysql2";
}
