import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../config";
import { type Database, sqliteDriver } from "../services/sqliteDriver";

/** Held for the life of the process: were it collected as garbage, the lock would be gone. */
const held: Database[] = [];

/** How long one attempt to wait takes, in milliseconds; another follows until the lock is free. */
const patience = 60_000;

/**
 * Takes the lock that one run of a command holds at a time. It is the kernel's, on an SQLite file of the
 * command's own, and free the moment its process is gone, whatever ended it: there is nothing stale to
 * clean up, and a reused pid or a set clock cannot confuse it. Returns false when another run has it.
 */
export function takeLock(name: string, { wait }: { wait: boolean }): boolean {
  const file = join(paths.data, "locks", `${name}.sqlite3`);
  mkdirSync(dirname(file), { recursive: true });
  const Driver = sqliteDriver();
  const database = new Driver(file, { timeout: wait ? patience : 0 });
  while (!isExclusive(database)) {
    if (wait) continue;
    database.close();
    return false;
  }
  held.push(database);
  return true;
}

function isExclusive(database: Database): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (String(error.code).startsWith("SQLITE_BUSY")) return false;
    throw error;
  }
}
