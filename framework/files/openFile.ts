import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { sharedGroup } from "../config/config";
import { LajuError } from "../config/errors";
import { openRegular } from "../config/readText";
import { fileMode, inheritedOwner, type Owner, setAccess } from "./access";
import { makeFolder } from "./makeFolder";

const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/** Opens one of laju's own files for appending. Creates it, and its folder, if it doesn't exist. */
export function openToAppend(file: string): number {
  return openOrMake(file, O_WRONLY | O_APPEND);
}

/** Opens one of laju's own files for locking. Creates it, and its folder, if it doesn't exist. */
export function openToLock(file: string): number {
  return openOrMake(file, O_RDWR);
}

/** Opens one of laju's own files for reading. */
export function openToRead(file: string): number {
  return openOwn(file, O_RDONLY);
}

/** The contents of one of laju's own files. */
export function readOwn(file: string): Buffer {
  const descriptor = openToRead(file);
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The text of a file that belongs to this user or root and that no other user can write; undefined for any other file.
 */
export function ownFileText(file: string): string | undefined {
  try {
    const descriptor = openToRead(file);
    try {
      const { uid, mode } = fstatSync(descriptor);
      const isOwn = uid === process.geteuid?.() || uid === 0;
      return isOwn && (mode & 0o022) === 0 ? readFileSync(descriptor, "utf8") : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/**
 * Opens a log for appending. The log may be a symlink, for example to /dev/stdout, because cron's shell follows
 * symlinks too.
 */
export function openLog(file: string): number {
  makeFolder(dirname(file));
  makeFile(file);
  return openSync(file, "a");
}

/** Creates an empty file if it doesn't exist, before another program creates a world-readable one. */
export function makeFile(file: string, owner?: Owner): void {
  try {
    closeSync(createFile(file, { owner }));
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
}

/** Creates a file that must not exist yet, private to this user (or LAJU_GROUP), and opens it for writing. */
export function createFile(file: string, { mode = fileMode(), owner }: NewFile = {}): number {
  const descriptor = openSync(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    setAccess(descriptor, mode, owner ?? inheritedOwner(dirname(file)));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

export interface NewFile {
  mode?: number;
  owner?: Owner | undefined;
}

function openOrMake(file: string, flags: number): number {
  try {
    return openOwn(file, flags);
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  }
  makeFolder(dirname(file));
  makeFile(file);
  return openOwn(file, flags);
}

/** Never follows a symlink, because anyone who can write to the folder could make it point to any file of this user. */
function openOwn(file: string, flags: number): number {
  try {
    return withoutHardLinks(file, openRegular(file, flags | O_NOFOLLOW));
  } catch (error) {
    if (error.code === "ELOOP")
      throw notOurs(`${file} is a symlink, which laju does not follow there`, error);
    throw error.code === "E_NOT_REGULAR" ? notOurs(error.message, error) : error;
  }
}

/**
 * Rejects hard links. If fs.protected_hardlinks is 0, a member of LAJU_GROUP who can write to the folder could
 * hard-link any file of this user into it. If LAJU_GROUP is not set, no other user can write to the folder.
 */
function withoutHardLinks(file: string, descriptor: number): number {
  if (sharedGroup() === undefined || fstatSync(descriptor).nlink < 2) return descriptor;
  closeSync(descriptor);
  throw notOurs(`${file} has more than one hard link, so laju does not use it`, undefined);
}

function notOurs(message: string, cause: unknown): LajuError {
  return new LajuError(message, {
    code: "E_NOT_OURS",
    hint: "Remove it; laju then creates a new file.",
    cause,
  });
}
