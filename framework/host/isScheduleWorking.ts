import { existsSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config/config";
import { sqliteDriver } from "../services/database/sqliteDriver";

/**
 * Whether schedule:work is running for this app. While it runs, it holds a lock on this file, which keeps other
 * processes from opening the file with SQLite.
 */
export function isScheduleWorking(): boolean {
  const file = join(paths.data, "locks", ".schedule-work.lock");
  if (!existsSync(file)) return false;
  const Driver = sqliteDriver();
  try {
    const database = new Driver(file, { readonly: true, timeout: 0 });
    try {
      database.prepare("SELECT count(*) FROM sqlite_master").get();
      return false;
    } finally {
      database.close();
    }
  } catch (error) {
    return String((error as { code?: string }).code).startsWith("SQLITE_BUSY");
  }
}
