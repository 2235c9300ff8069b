import { accessSync, constants, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../config";
import { type Database, sqliteDriver } from "../services/sqliteDriver";

/** Held for the life of the process: were it collected as garbage, the lock would be gone. */
const held: Database[] = [];

/** How long one attempt to wait takes, in milliseconds; another follows until the lock is free. */
const patience = 60_000;
/** A reader that asks whether a run is lost has the lock for a moment; that is no run to be skipped for. */
const glance = 100;

/**
 * Takes the lock that one run of a command holds at a time. It is the kernel's, on an SQLite file of the
 * command's own, and free the moment its process is gone, whatever ended it: there is nothing stale to
 * clean up, and a reused pid or a set clock cannot confuse it. Returns what gives it back before the
 * process ends; undefined when another run has it.
 */
export function takeLock(name: string, { wait }: { wait: boolean }): (() => void) | undefined {
  const file = join(paths.data, "locks", `${name}.sqlite3`);
  mkdirSync(dirname(file), { recursive: true });
  const Driver = sqliteDriver();
  const database = new Driver(file, { timeout: wait ? patience : glance });
  // SQLite takes a shared lock on a file that it may only read, and says nothing.
  accessSync(file, constants.W_OK);
  while (!isExclusive(database)) {
    if (wait) continue;
    database.close();
    return undefined;
  }
  held.push(database);
  return () => database.close();
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
