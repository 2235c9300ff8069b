import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import { type Database, openSqlite, switchToWal } from "../../services/database/sqliteDriver";

/**
 * The migrations of the ledger's tables. Each only adds tables, non-unique indexes, and columns that are nullable or
 * have a default, and queries always name the columns they write. So the previous release still works after a rollback.
 * An incompatible migration would get the next multiple of 1000 as its version.
 */
const changes = [
  `
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
    log_inode   INTEGER,
    log_from    INTEGER,
    log_to      INTEGER,
    slot        INTEGER,
    has_lock    INTEGER NOT NULL
  );
  CREATE INDEX runs_by_name ON runs (name, id);
  CREATE UNIQUE INDEX runs_by_slot ON runs (name, slot) WHERE slot IS NOT NULL;
  CREATE INDEX runs_by_start ON runs (started_at);
  CREATE INDEX runs_bad ON runs (id) WHERE state IN ('failed', 'timed_out', 'lost');
  CREATE INDEX runs_bad_by_name ON runs (name, id) WHERE state IN ('failed', 'timed_out', 'lost');
  CREATE INDEX runs_open ON runs (host) WHERE state = 'running';

  -- What needs attention, from the first failure to the next success. A command has at most one open incident per kind.
  CREATE TABLE incidents (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    reason        TEXT NOT NULL,
    run_id        INTEGER,
    opened_at     INTEGER NOT NULL,
    closed_at     INTEGER,
    closed_run_id INTEGER,
    -- Whether the notices of the failure and of the recovery have been written.
    opening_told  INTEGER NOT NULL DEFAULT 0,
    closing_told  INTEGER NOT NULL DEFAULT 0
  );
  CREATE UNIQUE INDEX incidents_open ON incidents (name, kind) WHERE closed_at IS NULL;
  CREATE INDEX incidents_untold ON incidents (id)
    WHERE opening_told = 0 OR (closed_at IS NOT NULL AND closing_told = 0);

  -- The outbox: the notices to send, one row for each receiver.
  CREATE TABLE notices (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    event         TEXT NOT NULL,
    channel       TEXT NOT NULL,
    incident_id   INTEGER,
    run_id        INTEGER,
    created_at    INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL DEFAULT 0,
    attempts      INTEGER NOT NULL DEFAULT 0,
    ended_at      INTEGER,
    ending        TEXT,
    error         TEXT
  );
  CREATE INDEX notices_pending ON notices (name, id) WHERE ended_at IS NULL;

  -- Up to when the monitor has checked a schedule for missed starts.
  CREATE TABLE watched (
    name          TEXT PRIMARY KEY,
    schedule      TEXT NOT NULL,
    checked_until INTEGER NOT NULL
  );
`,
  `
  -- Identifies a run in the journal and in its log lines, even before it has an id.
  ALTER TABLE runs ADD COLUMN key TEXT;
  CREATE UNIQUE INDEX runs_by_key ON runs (key) WHERE key IS NOT NULL;

  -- Up to which byte each journal file is imported. A file is identified by its first line, so a copy is the same file.
  CREATE TABLE journal (first TEXT PRIMARY KEY, taken INTEGER NOT NULL);
`,
  `
  -- The notification that is still due for a run that has ended, as JSON, and the key of a retry's first attempt.
  ALTER TABLE runs ADD COLUMN untold TEXT;
  ALTER TABLE runs ADD COLUMN retry_of TEXT;
  CREATE INDEX runs_untold ON runs (id) WHERE untold IS NOT NULL;
  CREATE INDEX runs_by_retry ON runs (retry_of, id) WHERE retry_of IS NOT NULL;
`,
  `
  -- Up to which byte each journal file is imported, recognized by the bytes before it. The table
  -- "journal" stays, because processes of the earlier release may still have the ledger open.
  CREATE TABLE journal_positions (tail BLOB PRIMARY KEY, taken INTEGER NOT NULL) WITHOUT ROWID;
`,
  `
  -- How long a run took, in milliseconds of the monotonic clock. After a clock change, the difference between its start
  -- and end times may be negative.
  ALTER TABLE runs ADD COLUMN duration INTEGER;
`,
  `
  -- How many items a run reported as processed and as failed, and the first error that a failed run logged.
  ALTER TABLE runs ADD COLUMN processed INTEGER;
  ALTER TABLE runs ADD COLUMN failed INTEGER;
  ALTER TABLE runs ADD COLUMN logged_error TEXT;
`,
  `
  -- How many lines of a run's output could not be written, and the system's error code.
  ALTER TABLE runs ADD COLUMN lost_lines INTEGER;
  ALTER TABLE runs ADD COLUMN lost_code TEXT;
`,
  `
  -- When and why an incident was acknowledged, and why it was closed without a successful run.
  ALTER TABLE incidents ADD COLUMN acked_at INTEGER;
  ALTER TABLE incidents ADD COLUMN ack_reason TEXT;
  ALTER TABLE incidents ADD COLUMN closed_because TEXT;
`,
  `
  -- The CPU time (milliseconds) and the peak memory (bytes) of a run's own process.
  ALTER TABLE runs ADD COLUMN cpu INTEGER;
  ALTER TABLE runs ADD COLUMN peak_memory INTEGER;

  -- What people did in the dashboard: who, when, what, to which command or type of job, and which run it started.
  CREATE TABLE actions (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT,
    run_key TEXT
  );
  CREATE INDEX actions_by_subject ON actions (subject, id);
  CREATE INDEX actions_by_run ON actions (run_key) WHERE run_key IS NOT NULL;
`,
];

/** Tables with this version or a later one are incompatible. */
const firstForeignVersion = 1_000;

/**
 * The number of pages after which the write-ahead log is checkpointed (SQLite's default is 1000). The first process that
 * opens the ledger reads the whole log, which takes 1.6 ms for 10 pages, 1.9 ms for 120 and 5 ms for 900.
 */
const longestWal = 200;

/** Opens a ledger, and creates it if it doesn't exist. Throws a LajuError if it cannot be opened. */
export function openLedgerFile(file = paths.ledger, patienceMs?: number): Database {
  // WAL mode was set when the tables were created, and the file keeps it.
  const database = openSqlite(file, {
    wal: false,
    ...(patienceMs !== undefined && { busyTimeout: patienceMs }),
  });
  database.pragma(`wal_autocheckpoint = ${longestWal}`);
  const version = tablesVersion(database);
  if (version >= firstForeignVersion) {
    database.close();
    throw new LajuError(`the ledger ${file} was written by a newer laju (version ${version} of its tables)`, {
      code: "E_LEDGER",
      hint: "Use the newer release. Until then, runs are kept in the journal, and the newer release will show them.",
    });
  }
  if (version < changes.length) changeTables(database);
  return database;
}

/**
 * If two processes change the tables at the same time, the second one waits for the lock and then finds the tables
 * complete.
 */
function changeTables(database: Database): void {
  switchToWal(database);
  database
    .transaction(() => {
      for (const change of changes.slice(tablesVersion(database))) database.exec(change);
      database.pragma(`user_version = ${changes.length}`);
    })
    .exclusive();
}

function tablesVersion(database: Database): number {
  return Number(database.pragma("user_version", { simple: true }));
}
