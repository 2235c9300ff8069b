import { accessSync, closeSync, constants, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../config";
import { LajuError } from "../errors";
import { lockOwner } from "../files/lockOwner";
import { openToLock } from "../files/openFile";
import { require } from "../services/require";
import { type Database, sqliteDriver } from "../services/sqliteDriver";

/** How long a start tries to get a lock that somebody has, in milliseconds: a reader has it for a glance only. */
const glanceMs = 100;
/** How long a change of a small file waits for another one, in milliseconds. */
const changeMs = 30_000;
/** How long a start waits at most for its turn, in milliseconds: with overlap "wait" that may be hours. */
const longestTurnMs = 86_400_000;

/** The bytes that SQLite locks for its own exclusive lock (sqlite.org/fileformat2.html#the_lock_byte_page). */
const sharedBytes = { from: 0x40000002, length: 510 };

/** Gives a lock back before its process ends. */
export type Release = () => void;

/**
 * Takes the lock that one run of a command holds at a time. It is the kernel's, on a file of the command's own, and
 * free the moment its process is gone, whatever ended it: there is nothing stale to clean up, and a reused pid or a
 * set clock cannot confuse it. Undefined when another run still has it, with `wait` after a day.
 */
export function takeLock(name: string, { wait }: { wait: boolean }): Release | undefined {
  return lockFile(lockFileOf(name), wait ? longestTurnMs : glanceMs);
}

/** Does `work` while this process alone holds one of laju's own locks. */
export function withLock<T>(name: string, work: () => T): T {
  const file = lockFileOf(name);
  return withLockOn(file, `has held the lock ${file}`, work);
}

/** The same with a lock on any file. Throws a LajuError that says who keeps it for too long, `doing` what. */
export function withLockOn<T>(file: string, doing: string, work: () => T, patienceMs = changeMs): T {
  const release = lockFile(file, patienceMs);
  if (release === undefined) {
    throw new LajuError(`${lockOwner(file)} ${doing} for ${patienceMs / 1000} s`, {
      code: "E_LOCK",
      hint: "Nothing was changed. End that process if it hangs, then try again.",
    });
  }
  try {
    return work();
  } finally {
    release();
  }
}

function lockFileOf(name: string): string {
  return join(paths.data, "locks", `${name}.lock`);
}

function lockFile(file: string, patienceMs: number): Release | undefined {
  try {
    const locks = fileLocks();
    return locks === undefined ? takeThroughSqlite(file, patienceMs) : takeDirectly(file, patienceMs, locks);
  } catch (error) {
    const hint = `This user must be able to write in ${dirname(file)}.`;
    throw new LajuError(error.message, { code: "E_LOCK", hint, cause: error });
  }
}

/** What is used of the package fs-native-extensions, which brings no types. */
interface FileLocks {
  tryLock(descriptor: number, from: number, length: number): boolean;
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
function takeDirectly(file: string, patienceMs: number, { tryLock }: FileLocks): Release | undefined {
  const { from, length } = sharedBytes;
  const descriptor = openToLock(file);
  const begin = Date.now();
  while (!tryLock(descriptor, from, length)) {
    const waited = Date.now() - begin;
    if (waited > patienceMs) {
      closeSync(descriptor);
      return undefined;
    }
    // The kernel could wait for us, but not for a while only.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseAfter(waited));
  }
  return () => closeSync(descriptor);
}

/** Often at first, then at most ten times a second. */
function pauseAfter(waited: number): number {
  return Math.min(5 + waited / 20, 100);
}

/** Held for the life of the process: were it collected as garbage, the lock would be gone. */
const held: Database[] = [];

/** SQLite's exclusive lock is on the very same bytes, so that both kinds shut each other out. */
function takeThroughSqlite(file: string, patienceMs: number): Release | undefined {
  const Driver = sqliteDriver();
  if (!existsSync(file)) closeSync(openToLock(file));
  const database = new Driver(file, { timeout: patienceMs });
  // SQLite takes a shared lock on a file that it may only read, and says nothing.
  accessSync(file, constants.W_OK);
  if (!isExclusive(database)) {
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
