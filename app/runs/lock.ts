import { accessSync, closeSync, constants, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../config";
import { LajuError } from "../errors";
import { require } from "../services/require";
import { type Database, sqliteDriver } from "../services/sqliteDriver";

/** How long a start tries to get a lock that somebody has, in milliseconds: a reader has it for a glance only. */
const glanceMs = 100;
const pauseMs = 5;

/** The bytes that SQLite locks for its own exclusive lock (sqlite.org/fileformat2.html#the_lock_byte_page). */
const sharedBytes = { from: 0x40000002, length: 510 };

/**
 * Takes the lock that one run of a command holds at a time. It is the kernel's, on a file of the command's own, and
 * free the moment its process is gone, whatever ended it: there is nothing stale to clean up, and a reused pid or a
 * set clock cannot confuse it. Returns what gives it back before the process ends; undefined when another run has it.
 */
export function takeLock(name: string, { wait }: { wait: boolean }): (() => void) | undefined {
  const file = join(paths.data, "locks", `${name}.lock`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    const locks = fileLocks();
    return locks === undefined ? takeThroughSqlite(file, wait) : takeDirectly(file, wait, locks);
  } catch (error) {
    const hint = `This user must be able to write in ${dirname(file)}.`;
    throw new LajuError(error.message, { code: "E_LOCK", hint, cause: error });
  }
}

/** What is used of the package fs-native-extensions, which brings no types. */
interface FileLocks {
  tryLock(descriptor: number, from: number, length: number): boolean;
  waitForLockSync(descriptor: number, from: number, length: number): void;
}

let loaded: FileLocks | "missing" | undefined;

/** Undefined where its addon does not load: on a platform for which it is not shipped. */
function fileLocks(): FileLocks | undefined {
  try {
    loaded ??= require("fs-native-extensions") as FileLocks;
  } catch {
    loaded = "missing";
  }
  return loaded === "missing" ? undefined : loaded;
}

/** Through fcntl(2) (F_OFD_SETLK): a tenth of what loading and opening SQLite costs. */
function takeDirectly(file: string, wait: boolean, { tryLock, waitForLockSync }: FileLocks) {
  const { from, length } = sharedBytes;
  const descriptor = openSync(file, "a+");
  const giveUpAt = Date.now() + glanceMs;
  while (!tryLock(descriptor, from, length)) {
    if (wait) {
      waitForLockSync(descriptor, from, length);
      break;
    }
    if (Date.now() > giveUpAt) {
      closeSync(descriptor);
      return undefined;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
  return () => closeSync(descriptor);
}

/** Held for the life of the process: were it collected as garbage, the lock would be gone. */
const held: Database[] = [];
const patienceMs = 60_000;

/** SQLite's exclusive lock is on the very same bytes, so that both kinds shut each other out. */
function takeThroughSqlite(file: string, wait: boolean) {
  const Driver = sqliteDriver();
  const database = new Driver(file, { timeout: wait ? patienceMs : glanceMs });
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
