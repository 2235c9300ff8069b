import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import { type Database, openSqlite, switchToWal } from "../../services/database/sqliteDriver";

/**
 * The migrations of the ledger's tables. Each only adds tables, non-unique indexes, and columns that are nullable or have a
 * default, and queries always name the columns they write. So the previous release still works after a rollback. An
 * incompatible migration would take the next thousand as its version.
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

  -- What needs attention: open from the first failure to the next success, at most one of each kind.
  CREATE TABLE incidents (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    reason        TEXT NOT NULL,
    run_id        INTEGER,
    opened_at     INTEGER NOT NULL,
    closed_at     INTEGER,
    closed_run_id INTEGER,
    -- Whether its notices have been written: of the failure, of the recovery.
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
  -- The name of a run in the journal and in its log lines, known before it has an id.
  ALTER TABLE runs ADD COLUMN key TEXT;
  CREATE UNIQUE INDEX runs_by_key ON runs (key) WHERE key IS NOT NULL;

  -- Up to which byte the journal's files are imported. Each is identified by its first line: a copy is the same file.
  CREATE TABLE journal (first TEXT PRIMARY KEY, taken INTEGER NOT NULL);
`,
  `
  -- The notification that is still due for a run that ended, as JSON; and the key of the first attempt of a retry.
  ALTER TABLE runs ADD COLUMN untold TEXT;
  ALTER TABLE runs ADD COLUMN retry_of TEXT;
  CREATE INDEX runs_untold ON runs (id) WHERE untold IS NOT NULL;
  CREATE INDEX runs_by_retry ON runs (retry_of, id) WHERE retry_of IS NOT NULL;
`,
  `
  -- Up to which byte each journal file is imported, recognized by the bytes before it. The table journal, which knew a
  -- file by its first line, is left for processes of the earlier release that still have the ledger open.
  CREATE TABLE journal_positions (tail BLOB PRIMARY KEY, taken INTEGER NOT NULL) WITHOUT ROWID;
`,
  `
  -- How long a run took, in milliseconds, by the monotonic clock: the difference of its times may be negative.
  ALTER TABLE runs ADD COLUMN duration INTEGER;
`,
  `
  -- What a run reports it did, and the first error that a failed run logged.
  ALTER TABLE runs ADD COLUMN processed INTEGER;
  ALTER TABLE runs ADD COLUMN failed INTEGER;
  ALTER TABLE runs ADD COLUMN logged_error TEXT;
`,
  `
  -- How many lines of its output could not be written, and the system's code for why.
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
  -- What a run's own process used: milliseconds of the processors, and bytes of memory at most.
  ALTER TABLE runs ADD COLUMN cpu INTEGER;
  ALTER TABLE runs ADD COLUMN peak_memory INTEGER;

  -- What people did from the dashboard: who, when, what, to which command or type of jobs, and the run that came of it.
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

/** If two processes do this at the same time, the second waits for the lock and then finds the tables complete. */
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
