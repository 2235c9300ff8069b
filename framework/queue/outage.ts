/** SQLite: locked, disk full or failing, or the file is temporarily not writable. */
const sqliteCodes = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|PROTOCOL)/;

/** Network errors of Node, the database drivers and Redis. */
const networkCodes =
  /^(ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|PROTOCOL_|NR_CLOSED|CONNECTION_|E_REDIS_CONNECT$)/;

/** PostgreSQL: connection, insufficient resources, operator intervention, transaction rollback, read-only. */
const postgresCodes = /^(08|53|57|40)[0-9A-Z]{3}$|^25006$/;

const mysqlCodes =
  /^ER_(LOCK_|CON_COUNT|SERVER_SHUTDOWN|OPTION_PREVENTS|DISK_FULL|RECORD_FILE_FULL|TOO_MANY|OUT_OF|READ_ONLY)/;

/** Redis: loading its data, missing its master, full, unable to save, or busy with a script. */
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
