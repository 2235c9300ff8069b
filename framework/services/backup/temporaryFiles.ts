import { randomBytes } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { LajuError } from "../../config/errors";
import { makeFolder } from "../../files/makeFolder";

/** The file itself, and the files that SQLite creates next to a database. */
const suffixes = ["", "-journal", "-wal", "-shm"] as const;
const pattern = /^\.laju-backup-(.+)-(\d+)-[0-9a-f]{12}\.tmp(?:-journal|-wal|-shm)?$/;
const oldMs = 86_400_000;

/**
 * Calls `work` with the path of a temporary file in the folder, and always removes the file afterwards, because it may
 * contain the unencrypted database. After a SIGKILL or a power failure, the next call removes it.
 */
export async function withTemporaryFile<T>(folder: string, work: (file: string) => Promise<T>): Promise<T> {
  prepareFolder(folder);
  sweep(folder);
  const name = `.laju-backup-${hostname()}-${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  const file = join(folder, name);
  const remove = () => {
    for (const suffix of suffixes) rmSync(file + suffix, { force: true });
  };
  // A run that times out calls process.exit, which skips `finally`.
  process.once("exit", remove);
  try {
    return await work(file);
  } finally {
    process.removeListener("exit", remove);
    remove();
  }
}

/** Removes files left behind by dead processes. In a shared folder, another machine's files are kept for a day. */
export function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, host, pid] = pattern.exec(name) ?? [];
    if (pid === undefined) continue;
    const file = join(folder, name);
    const isGone = host === hostname() && !isAlive(Number(pid));
    if (isGone || isOld(file)) rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM"; // EPERM means that the process belongs to another user.
  }
}

function isOld(file: string): boolean {
  const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return modified !== undefined && modified < Date.now() - oldMs;
}

function prepareFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new LajuError(`the folder ${folder} cannot be created: ${error.code}`, {
      code: "E_BACKUP_FOLDER",
      hint: "Give this user write access, or set BACKUP_DIR to another folder.",
      cause: error,
    });
  }
}
