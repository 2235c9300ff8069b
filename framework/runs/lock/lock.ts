import { accessSync, closeSync, constants, existsSync, fstatSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import { lockOwner } from "../../files/lockOwner";
import { openToLock } from "../../files/openFile";
import { sleepSync } from "../../process/sleep";
import { type Database, sqliteDriver } from "../../services/database/sqliteDriver";

/** How long a start tries to get a lock that somebody has, in milliseconds: a reader has it for a glance only. */
const glanceMs = 100;
/** How long a change of a small file waits for another one, in milliseconds. */
const changeMs = 30_000;
/** How long a start waits at most for its turn, in milliseconds: with overlap "wait" that may be hours. */
const longestTurnMs = 86_400_000;

/** The bytes that SQLite locks for its own exclusive lock (sqlite.org/fileformat2.html#the_lock_byte_page). */
const sharedBytes = { from: 0x40000002, length: 510 };

/** A lock that this process holds until it releases it or ends. */
export interface HeldLock {
  release(): void;
  /** The open file that holds it. A child that inherits this holds the lock too; undefined where SQLite holds it. */
  descriptor?: number;
}

/** The descriptor as which an attempt inherits its run's lock. Node opens none of its own there before that. */
const inheritedDescriptor = 3;

/**
 * Takes the lock that one run of a command holds at a time. It is the kernel's, on a file of the command's own, and
 * free the moment its process is gone, whatever ended it: there is nothing stale to clean up, and a reused pid or a
 * set clock cannot confuse it. Undefined when another run still has it, with `wait` after a day.
 */
export function takeLock(name: string, { wait }: { wait: boolean }): HeldLock | undefined {
  return lockFile(lockFileOf(name), wait ? longestTurnMs : glanceMs);
}

/**
 * Which process holds a command's lock, where the journal knows no run that does. Without its command line, which may
 * have secrets in it: this goes into the ledger.
 */
export function ownerOfLock(name: string): string {
  return lockOwner(lockFileOf(name)).replace(/ \(.*$/s, "");
}

/**
 * The lock of the run whose attempt this process is, where it was handed on to it: then it is held even if the process
 * of the first attempt is killed. Undefined where the descriptor is none, or not of this lock.
 */
export function inheritedLock(name: string): HeldLock | undefined {
  try {
    const [own, file] = [fstatSync(inheritedDescriptor), statSync(lockFileOf(name))];
    if (own.ino !== file.ino || own.dev !== file.dev) return undefined;
    const isHeld = fileLocks()?.tryLock(inheritedDescriptor, sharedBytes.from, sharedBytes.length);
    return isHeld ? heldBy(inheritedDescriptor) : undefined;
  } catch {
    return undefined; // Nothing was handed on.
  }
}

/** What makes a child inherit a lock, for `stdio` of node:child_process. Node closes it in what the child starts. */
export function handedOn(lock: HeldLock | undefined): number[] {
  return lock?.descriptor === undefined ? [] : [lock.descriptor];
}

function heldBy(descriptor: number): HeldLock {
  return { descriptor, release: () => closeSync(descriptor) };
}

/** Does `work` while this process alone holds one of laju's own locks. */
export function withLock<T>(name: string, work: () => T): T {
  const file = lockFileOf(name);
  return withLockOn(file, `has held the lock ${file}`, work);
}

/** The same with a lock on any file. Throws a LajuError that says who keeps it for too long, `doing` what. */
export function withLockOn<T>(file: string, doing: string, work: () => T, patienceMs = changeMs): T {
  const lock = lockFile(file, patienceMs);
  if (lock === undefined) {
    throw new LajuError(`${lockOwner(file)} ${doing} for ${patienceMs / 1000} s`, {
      code: "E_LOCK",
      hint: "Nothing was changed. End that process if it hangs, then try again.",
    });
  }
  try {
    return work();
  } finally {
    lock.release();
  }
}

function lockFileOf(name: string): string {
  return join(paths.data, "locks", `${name}.lock`);
}

function lockFile(file: string, patienceMs: number): HeldLock | undefined {
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
function takeDirectly(file: string, patienceMs: number, { tryLock }: FileLocks): HeldLock | undefined {
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
    sleepSync(pauseAfter(waited));
  }
  return heldBy(descriptor);
}

/** Often at first, then at most ten times a second. */
function pauseAfter(waited: number): number {
  return Math.min(5 + waited / 20, 100);
}

/** Held for the life of the process: were it collected as garbage, the lock would be gone. */
const held: Database[] = [];

/** SQLite's exclusive lock is on the very same bytes, so that both kinds shut each other out. */
function takeThroughSqlite(file: string, patienceMs: number): HeldLock | undefined {
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
  return { release: () => void database.close() };
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
