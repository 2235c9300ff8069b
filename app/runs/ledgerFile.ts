import { join } from "node:path";
import { paths } from "../config";
import { LajuError } from "../errors";
import { type Database, openSqlite } from "../services/sqliteDriver";

/** The ledger's file: one SQLite database beside the app's own, so that it works whatever DATABASE_URL says. */
export const ledgerFile = join(paths.data, "runs.sqlite3");

const schemaVersion = 1;
const schema = `
  CREATE TABLE runs (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    host        TEXT NOT NULL,
    pid         INTEGER NOT NULL,
    process     TEXT,
    args        TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    state       TEXT NOT NULL,
    exit_status INTEGER,
    message     TEXT,
    error       TEXT,
    attempt     INTEGER NOT NULL DEFAULT 1,
    log_file    TEXT,
    log_from    INTEGER,
    log_to      INTEGER,
    slot        INTEGER
  );
  CREATE INDEX runs_by_name ON runs (name, id);
  CREATE UNIQUE INDEX runs_by_slot ON runs (name, slot) WHERE slot IS NOT NULL;
  CREATE INDEX runs_open ON runs (host) WHERE state = 'running';
`;

let opened: Database | undefined;

/** The open ledger. Throws a LajuError when it cannot be opened. */
export function ledger(): Database {
  opened ??= openLedger();
  return opened;
}

function openLedger(): Database {
  const database = openSqlite(ledgerFile);
  const version = Number(database.pragma("user_version", { simple: true }));
  if (version > schemaVersion) {
    throw new LajuError(`${ledgerFile} was written by a newer laju (version ${version} of its tables)`, {
      code: "E_LEDGER",
      hint: "Run the newer release, or set LAJU_DATA to a folder of its own for this one.",
    });
  }
  if (version < schemaVersion) createTables(database);
  return database;
}

/** Two first runs may come here at once: the second waits for the lock and then finds the tables. */
function createTables(database: Database): void {
  database
    .transaction(() => {
      if (Number(database.pragma("user_version", { simple: true })) >= schemaVersion) return;
      database.exec(schema);
      database.pragma(`user_version = ${schemaVersion}`);
    })
    .exclusive();
}
