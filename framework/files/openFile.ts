import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { sharedGroup } from "../config/config";
import { LajuError } from "../config/errors";
import { openRegular } from "../config/readText";
import { fileMode, inheritedOwner, type Owner, setAccess } from "./access";
import { makeFolder } from "./makeFolder";

const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/** Opens a file of laju's own to append to it, and makes it (and its folder) where it is missing. */
export function openToAppend(file: string): number {
  return openOrMake(file, O_WRONLY | O_APPEND);
}

/** The same to lock it. */
export function openToLock(file: string): number {
  return openOrMake(file, O_RDWR);
}

/** Opens a file of laju's own to read it. */
export function openToRead(file: string): number {
  return openOwn(file, O_RDONLY);
}

/** What is in a file of laju's own. */
export function readOwn(file: string): Buffer {
  const descriptor = openToRead(file);
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a file that this user (or root) has written, and nobody else can; undefined for any other. */
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

/** Opens a log to append to it. A log may be a link, to /dev/stdout for example: cron's shell follows it, too. */
export function openLog(file: string): number {
  makeFolder(dirname(file));
  makeFile(file);
  return openSync(file, "a");
}

/** Makes an empty file where none is, before somebody else makes it readable for all. */
export function makeFile(file: string, owner?: Owner): void {
  try {
    closeSync(createFile(file, { owner }));
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
}

/** Makes a file that must not be there yet, for this user alone (or LAJU_GROUP), and opens it to write. */
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

/** Never through a link: anybody who can write in the folder could point it at any file of this user's. */
function openOwn(file: string, flags: number): number {
  try {
    return withOneName(file, openRegular(file, flags | O_NOFOLLOW));
  } catch (error) {
    if (error.code === "ELOOP") throw notOurs(`${file} is a link, and laju follows none there`, error);
    throw error.code === "E_NOT_REGULAR" ? notOurs(error.message, error) : error;
  }
}

/**
 * A member of LAJU_GROUP who can write in the folder could give a second name there to any file of this user's (a hard
 * link), where the kernel lets them: fs.protected_hardlinks=0. Without a group nobody else can write there.
 */
function withOneName(file: string, descriptor: number): number {
  if (sharedGroup() === undefined || fstatSync(descriptor).nlink < 2) return descriptor;
  closeSync(descriptor);
  throw notOurs(`${file} has another name elsewhere (a hard link), and laju uses no such file`, undefined);
}

function notOurs(message: string, cause: unknown): LajuError {
  return new LajuError(message, {
    code: "E_NOT_OURS",
    hint: "Remove it. laju makes the file it needs.",
    cause,
  });
}
