/** SQLite's codes for a database that is locked or temporarily not writable, or a disk that is full or failing. */
const sqliteCodes = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|PROTOCOL)/;

/** Codes of network errors, from Node, the database drivers and Redis. */
const networkCodes =
  /^(ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|PROTOCOL_|NR_CLOSED|CONNECTION_|E_REDIS_CONNECT$)/;

/**
 * PostgreSQL's codes for connection errors, insufficient resources, operator intervention, transaction rollback, and a
 * read-only server.
 */
const postgresCodes = /^(08|53|57|40)[0-9A-Z]{3}$|^25006$/;

const mysqlCodes =
  /^ER_(LOCK_|CON_COUNT|SERVER_SHUTDOWN|OPTION_PREVENTS|DISK_FULL|RECORD_FILE_FULL|TOO_MANY|OUT_OF|READ_ONLY)/;

/**
 * Words in Redis's errors while it loads its data, misses its master, is full, can't save, or is busy with a script.
 */
const redisWords = /\b(LOADING|MASTERDOWN|NOREPLICAS|MISCONF|OOM command|BUSY Redis|UNKILLABLE)\b/;

/** Messages of errors without a code, from pg, knex, mysql2 and ioredis. */
const messages =
  /connection (terminated|ended|lost|is closed|was closed|is in closed state)|not queryable|timeout (acquiring|exceeded|expired)|read timeout|read-?only|shutting down|starting up/i;

/**
 * Whether the database may recover from this error by itself, because it is unavailable, locked, full or read-only. Any
 * other error (a missing table, invalid SQL) occurs every time and must be reported.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  const isKnown = [sqliteCodes, networkCodes, postgresCodes, mysqlCodes].some((codes) => codes.test(code));
  const isSaid = messages.test(error.message) || redisWords.test(error.message);
  return isKnown || isSaid || isOutage(error.cause);
}
