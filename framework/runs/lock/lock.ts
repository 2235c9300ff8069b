import { accessSync, closeSync, constants, existsSync, fstatSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import { lockOwner } from "../../files/lockOwner";
import { openToLock } from "../../files/openFile";
import { sleepSync } from "../../process/sleep";
import { type Database, sqliteDriver } from "../../services/database/sqliteDriver";

/**
 * How long a start waits for a taken lock before it gives up, in milliseconds. It waits at all because processes that
 * only check whether a lock is free hold it for a moment.
 */
const checkMs = 100;
/**
 * How long to wait for another process that is changing the same file, such as pauses or the crontab, in milliseconds.
 */
const changeMs = 30_000;
/** The longest time that a start with overlap "wait" waits for the previous run, in milliseconds. */
const longestWaitMs = 86_400_000;

/** The bytes that SQLite locks for its own exclusive lock (sqlite.org/fileformat2.html#the_lock_byte_page). */
const sharedBytes = { from: 0x40000002, length: 510 };

/** A lock that this process holds until it releases it or ends. */
export interface HeldLock {
  release(): void;
  /** The open file that holds the lock. A child that inherits it holds the lock too. Undefined if SQLite holds it. */
  descriptor?: number;
}

/** The descriptor on which a retry inherits its run's lock. Node leaves it free for inherited files. */
const inheritedDescriptor = 3;

/**
 * Takes a command's lock, which only one run can hold. It is a kernel lock on the command's lock file. The
 * kernel releases it however the process ends. So there are no stale locks, and reused pids and clock changes
 * don't matter. Returns undefined if another run holds the lock (with `wait`: if it still does after a day).
 */
export function takeLock(name: string, { wait }: { wait: boolean }): HeldLock | undefined {
  return lockFile(lockFileOf(name), wait ? longestWaitMs : checkMs);
}

/**
 * Describes the process that holds a command's lock, for a lock whose run is not in the journal. Omits the command
 * line, which may contain secrets, because the text is stored in the ledger.
 */
export function ownerOfLock(name: string): string {
  return lockOwner(lockFileOf(name)).replace(/ \(.*$/s, "");
}

/**
 * The run's lock, which this retry inherited from the process of the first attempt. The lock stays held even if that
 * process is killed. Undefined if the descriptor is not open or is a different file.
 */
export function inheritedLock(name: string): HeldLock | undefined {
  try {
    const [own, file] = [fstatSync(inheritedDescriptor), statSync(lockFileOf(name))];
    if (own.ino !== file.ino || own.dev !== file.dev) return undefined;
    const isHeld = fileLocks()?.tryLock(inheritedDescriptor, sharedBytes.from, sharedBytes.length);
    return isHeld ? heldBy(inheritedDescriptor) : undefined;
  } catch {
    return undefined; // The descriptor is not open, so the retry inherited no lock.
  }
}

/** The entries for `stdio` of node:child_process that let a child inherit a lock. Its own children don't inherit it. */
export function lockStdio(lock: HeldLock | undefined): number[] {
  return lock?.descriptor === undefined ? [] : [lock.descriptor];
}

function heldBy(descriptor: number): HeldLock {
  return { descriptor, release: () => closeSync(descriptor) };
}

/** Does `work` while holding one of laju's own locks. */
export function withLock<T>(name: string, work: () => T): T {
  const file = lockFileOf(name);
  return withLockOn(file, `has held the lock ${file}`, work);
}

/**
 * Does `work` while holding a lock on the given file. If another process holds it too long, throws a LajuError that names the
 * process and says what it is `doing`.
 */
export function withLockOn<T>(file: string, doing: string, work: () => T, patienceMs = changeMs): T {
  const lock = lockFile(file, patienceMs);
  if (lock === undefined) {
    throw new LajuError(`${lockOwner(file)} ${doing} for ${patienceMs / 1000} s`, {
      code: "E_LOCK",
      hint: "Nothing was changed. Stop that process if it hangs, then retry.",
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
    const hint = `This user must be able to write to ${dirname(file)}.`;
    throw new LajuError(error.message, { code: "E_LOCK", hint, cause: error });
  }
}

/** The part of fs-native-extensions that we use; the package has no types. */
interface FileLocks {
  tryLock(descriptor: number, from: number, length: number): boolean;
}

let loaded: FileLocks | "missing" | undefined;

/** fs-native-extensions; undefined if the addon cannot be loaded, for example on an unsupported platform. */
function fileLocks(): FileLocks | undefined {
  try {
    loaded ??= require("fs-native-extensions") as FileLocks;
  } catch {
    loaded = "missing";
  }
  return loaded === "missing" ? undefined : loaded;
}

/** Locks with fcntl(2) (F_OFD_SETLK), which is ten times faster than loading and opening SQLite. */
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
    // Poll, because the kernel cannot wait for the lock with a time limit.
    sleepSync(pauseAfter(waited));
  }
  return heldBy(descriptor);
}

/** Polls often at first, then ten times a second. */
function pauseAfter(waited: number): number {
  return Math.min(5 + waited / 20, 100);
}

/** Keeps the databases referenced: if one were garbage-collected, its lock would be released. */
const held: Database[] = [];

/**
 * SQLite's exclusive lock covers the same bytes as the lock that takeDirectly() takes, so the two kinds exclude each
 * other.
 */
function takeThroughSqlite(file: string, patienceMs: number): HeldLock | undefined {
  const Driver = sqliteDriver();
  if (!existsSync(file)) closeSync(openToLock(file));
  const database = new Driver(file, { timeout: patienceMs });
  // On a read-only file, SQLite silently takes a shared lock instead.
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
