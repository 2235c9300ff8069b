import { randomBytes } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { LajuError } from "../../config/errors";
import { makeFolder } from "../../files/makeFolder";

/** The file itself, and what SQLite puts beside a database. */
const suffixes = ["", "-journal", "-wal", "-shm"] as const;
const pattern = /^\.laju-backup-(.+)-(\d+)-[0-9a-f]{12}\.tmp(?:-journal|-wal|-shm)?$/;
const oldMs = 86_400_000;

/**
 * Gives the path of a file to be made in the folder, and removes it however the work ends: it may hold the
 * database in the clear. Only a SIGKILL or a power cut leaves it, and then the next start sweeps it away.
 */
export async function withTemporaryFile<T>(folder: string, work: (file: string) => Promise<T>): Promise<T> {
  prepareFolder(folder);
  sweep(folder);
  const name = `.laju-backup-${hostname()}-${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  const file = join(folder, name);
  const remove = () => {
    for (const suffix of suffixes) rmSync(file + suffix, { force: true });
  };
  // A time limit ends the process with process.exit, which runs no `finally`.
  process.once("exit", remove);
  try {
    return await work(file);
  } finally {
    process.removeListener("exit", remove);
    remove();
  }
}

/** Removes what processes that are gone have left. Another machine's files (a shared folder) get a day. */
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
    // Another user's process.
    return error.code === "EPERM";
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
    throw new LajuError(`the folder ${folder} cannot be made: ${error.code}`, {
      code: "E_BACKUP_FOLDER",
      hint: "Let this user write there, or set BACKUP_DIR to another folder.",
      cause: error,
    });
  }
}
