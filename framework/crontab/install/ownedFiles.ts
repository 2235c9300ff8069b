import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { LajuError } from "../../config/errors";
import type { Owner } from "../../files/access";
import { makeFolder } from "../../files/makeFolder";
import { makeFile } from "../../files/openFile";
import { writeWhole } from "../../files/writeWhole";

/** The user's ids; undefined for an unknown one. */
export function ownerNamed(user: string): Owner | undefined {
  const [uid] = idsOf("-u", user) ?? [];
  const [gid] = idsOf("-g", user) ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** The numbers that id(1) prints, which asks every source of users there is; undefined for an unknown user. */
export function idsOf(flag: "-u" | "-g" | "-G", user: string): number[] | undefined {
  const { status, stdout } = spawnSync("id", [flag, "--", user], { encoding: "utf8" });
  return status === 0 ? stdout.trim().split(" ").map(Number) : undefined;
}

/**
 * Where a log's folder is missing, the shell gives up before the command starts; and a log that the shell makes itself
 * can be read by everybody.
 */
export function makeLog(file: string, owner?: Owner): void {
  try {
    makeFolder(dirname(file), owner);
    makeFile(file, owner);
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

/** Where a log cannot be opened, the shell gives up before the command starts, and nobody hears of it. */
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

/**
 * The same for another user, in whose name only root can ask. Without setpriv, which util-linux has, nothing is
 * known and nothing said.
 */
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
    hint: `The crontab was not changed. Give the folder to ${user} (chown), or name another one with --log-dir.`,
  });
}

/** The data folder: made by root for itself, it would keep the crontab's user from recording runs. */
export function prepareFolder(folder: string, owner: Owner): void {
  try {
    makeFolder(folder, owner);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

/** Keeps a crontab as it was, for its owner's eyes only; the file is whole or the previous one. */
export function keepBackup(text: Buffer, data: string, owner?: Owner): string {
  const file = join(data, "crontab.bak");
  try {
    makeFolder(data, owner);
    writeWhole(file, text, { mode: 0o600, owner, isDurable: true });
    return file;
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

function cannotWrite(path: string, cause: Error): LajuError {
  return new LajuError(`${path} cannot be written: ${cause.message}`, {
    code: "E_CRONTAB_FILES",
    hint: "The crontab was not changed. This user must be able to write there.",
    cause,
  });
}
