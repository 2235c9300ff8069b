import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import { type Database, openSqlite, switchToWal } from "../../services/database/sqliteDriver";

/**
 * What made each version of the tables from the one before. A change only adds: tables, indexes that are not unique,
 * columns that may be null or have a default. So the release before goes on with them after a rollback, and the queries
 * of any release name the columns that they write. A change that it could not live with begins the next thousand.
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

  -- What needs a person: open from the first failure to the next success, and at most one of a kind.
  CREATE TABLE incidents (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    reason        TEXT NOT NULL,
    run_id        INTEGER,
    opened_at     INTEGER NOT NULL,
    closed_at     INTEGER,
    closed_run_id INTEGER,
    -- Whether its notices are written yet: of the failure, of the recovery.
    opening_told  INTEGER NOT NULL DEFAULT 0,
    closing_told  INTEGER NOT NULL DEFAULT 0
  );
  CREATE UNIQUE INDEX incidents_open ON incidents (name, kind) WHERE closed_at IS NULL;
  CREATE INDEX incidents_untold ON incidents (id)
    WHERE opening_told = 0 OR (closed_at IS NOT NULL AND closing_told = 0);

  -- The outbox: what is to be sent, one row for each receiver.
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

  -- From when on the monitor expects the starts of a schedule.
  CREATE TABLE watched (
    name          TEXT PRIMARY KEY,
    schedule      TEXT NOT NULL,
    checked_until INTEGER NOT NULL
  );
`,
  `
  -- What a run is called while it goes on, in the journal and in its lines of the log.
  ALTER TABLE runs ADD COLUMN key TEXT;
  CREATE UNIQUE INDEX runs_by_key ON runs (key) WHERE key IS NOT NULL;

  -- Up to which byte the journal's files are taken in. Each is known by its first line: a copy is the same file.
  CREATE TABLE journal (first TEXT PRIMARY KEY, taken INTEGER NOT NULL);
`,
  `
  -- What is still to be told of a run that ended, as JSON; and the key of the first attempt, where this is another.
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
  -- How long a run took, in milliseconds, by a clock that nobody sets: the difference of its times may be negative.
  ALTER TABLE runs ADD COLUMN duration INTEGER;
`,
  `
  -- What a run says it did, and the first error it logged where it ended badly.
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
  -- Who knows of an incident and leaves it for now; and why one ended without a run that succeeded.
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

/** From this version on the tables are no longer these. */
const firstForeignVersion = 1_000;

/**
 * After how many pages of the write-ahead log they are moved into the database (SQLite's default is 1000). Whoever
 * opens the ledger alone reads the whole log first: 1.6 ms for 10 pages, 1.9 for 120, 5 for 900, measured.
 */
const longestWal = 200;

/** Opens a ledger, and makes it where it is not there yet. Throws a LajuError when it cannot be opened. */
export function openLedgerFile(file = paths.ledger, patienceMs?: number): Database {
  // Its tables were made in WAL mode, and the file says so itself.
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
      hint: "Run the newer release. Until then runs are kept in the journal, and it shows them.",
    });
  }
  if (version < changes.length) changeTables(database);
  return database;
}

/** Two first readers may come here at once: the second waits for the lock and then finds the tables. */
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
