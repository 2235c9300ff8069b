import { expect, test } from "vitest";
import { isOutage } from "../../../../framework/queue/outage";

const failure = (code: string, message = "it failed") => Object.assign(new Error(message), { code });

test.each([
  "SQLITE_BUSY",
  "SQLITE_BUSY_SNAPSHOT",
  "SQLITE_FULL",
  "SQLITE_IOERR_WRITE",
  "SQLITE_READONLY",
  "SQLITE_CANTOPEN",
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "PROTOCOL_CONNECTION_LOST",
  "57P01",
  "08006",
  "53300",
  "40001",
  "40P01",
  "25006",
  "ER_LOCK_DEADLOCK",
  "ER_SERVER_SHUTDOWN",
  "ER_CON_COUNT_ERROR",
])("%s is temporary", (code) => expect(isOutage(failure(code))).toBe(true));

test.each([
  "SQLITE_ERROR",
  "SQLITE_CONSTRAINT_TRIGGER",
  "SQLITE_CORRUPT",
  "42P01",
  "42703",
  "ER_NO_SUCH_TABLE",
])("%s is permanent", (code) => expect(isOutage(failure(code))).toBe(false));

test("an error without a code is recognized by its message or cause", () => {
  expect(isOutage(new Error("Connection terminated unexpectedly"))).toBe(true);
  expect(isOutage(new Error("Query read timeout"))).toBe(true);
  expect(isOutage(new Error("Can't add new command when connection is in closed state"))).toBe(true);
  expect(isOutage(failure("E_DB_CONNECT", "the database cannot be used: timeout expired"))).toBe(true);
  expect(isOutage(new Error("Client has encountered a connection error and is not queryable"))).toBe(true);
  expect(isOutage(new Error("the query failed", { cause: failure("ECONNRESET") }))).toBe(true);
  expect(isOutage(failure("E_REDIS_CONNECT", "Redis at x cannot be used: Command timed out"))).toBe(true);
  expect(isOutage(new Error("LOADING Redis is loading the dataset in memory"))).toBe(true);
  expect(isOutage(new Error("OOM command not allowed when used memory > 'maxmemory'."))).toBe(true);
  expect(isOutage(new Error("MISCONF Redis is configured to save RDB snapshots, but"))).toBe(true);
  expect(isOutage(failure("E_REDIS_LOGIN", "WRONGPASS invalid username-password pair"))).toBe(false);
  expect(isOutage(new Error("ERR user_script:5: attempt to index a nil value"))).toBe(false);
  expect(isOutage(new TypeError("rows is not iterable"))).toBe(false);
  expect(isOutage("away")).toBe(false);
});
