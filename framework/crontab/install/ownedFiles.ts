import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { LajuError } from "../../config/errors";
import type { Owner } from "../../files/access";
import { makeFolder } from "../../files/makeFolder";
import { makeFile } from "../../files/openFile";
import { writeAtomically } from "../../files/writeAtomically";

/** A user's ids; undefined for an unknown user. */
export function ownerNamed(user: string): Owner | undefined {
  const [uid] = idsOf("-u", user) ?? [];
  const [gid] = idsOf("-g", user) ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** A user's ids from id(1), which also finds users in LDAP and similar directories; undefined for an unknown user. */
export function idsOf(flag: "-u" | "-g" | "-G", user: string): number[] | undefined {
  const { status, stdout } = spawnSync("id", [flag, "--", user], { encoding: "utf8" });
  return status === 0 ? stdout.trim().split(" ").map(Number) : undefined;
}

/**
 * Creates a log and its folder. Without the folder, cron's shell would fail before the command starts. Without the log,
 * the shell would create a world-readable one.
 */
export function makeLog(file: string, owner?: Owner): void {
  try {
    makeFolder(dirname(file), owner);
    makeFile(file, owner);
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

/** Throws if the log cannot be opened: cron's shell would fail silently before the command starts. */
export function checkWritable(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK);
    if (!existsSync(file)) return;
    accessSync(file, constants.W_OK);
    if (statSync(file).isDirectory()) throw new Error("it is a folder");
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

/** Throws if this user cannot open the log, which only root can find out. Does nothing without setpriv (util-linux). */
export function checkWritableBy(user: string, { uid, gid }: Owner, file: string): void {
  const question = 'test -w "$1" && test -x "$1" && ! test -d "$2" && { test -w "$2" || ! test -e "$2"; }';
  const words = [`--reuid=${uid}`, `--regid=${gid}`, "--init-groups", "sh", "-c", question, "sh"];
  const { status, error } = spawnSync("setpriv", [...words, dirname(file), file], {
    cwd: "/",
    stdio: "ignore",
  });
  if (error !== undefined || status === 0) return;
  throw new LajuError(`${file} cannot be written by ${user}`, {
    code: "E_CRONTAB_FILES",
    hint: `The crontab was not changed. Make ${user} the folder's owner (chown), or choose another log folder with --log-dir.`,
  });
}

/**
 * Creates the data folder as the crontab's user, because commands could not record runs in a folder that belongs to
 * root.
 */
export function prepareFolder(folder: string, owner: Owner): void {
  try {
    makeFolder(folder, owner);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

/** Saves a crontab atomically, readable only by its owner. */
export function keepBackup(text: Buffer, file: string, owner?: Owner): string {
  try {
    makeFolder(dirname(file), owner);
    writeAtomically(file, text, { mode: 0o600, owner, isDurable: true });
    return file;
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

function cannotWrite(path: string, cause: Error): LajuError {
  return new LajuError(`${path} cannot be written: ${cause.message}`, {
    code: "E_CRONTAB_FILES",
    hint: "The crontab was not changed. This user must be able to write to that folder.",
    cause,
  });
}
