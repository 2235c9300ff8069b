import { createRequire } from "node:module";
import { join } from "node:path";
import type BetterSqlite3 from "better-sqlite3";

const require = createRequire(import.meta.url);

/** Does something to an app's ledger from outside: the past, mostly. */
export function withLedger<T>(data: string, work: (ledger: BetterSqlite3.Database) => T): T {
  const isNode20 = Number.parseInt(process.versions.node, 10) < 22;
  const Driver = require(isNode20 ? "better-sqlite3-node20" : "better-sqlite3") as typeof BetterSqlite3;
  const ledger = new Driver(join(data, "runs.sqlite3"), { timeout: 5000 });
  try {
    return work(ledger);
  } finally {
    ledger.close();
  }
}
