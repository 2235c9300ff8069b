import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { paths } from "../../config/config";
import { readText } from "../../config/readText";
import { ownFileText } from "../../files/openFile";

/**
 * Whether laju may read a path from the ledger as a log. It must be in a log folder or be a command's declared `log`.
 * Otherwise, anyone who can write to the journal could make laju show any of this user's files in a report or a mail.
 */
export function isReadableLog(file: string): boolean {
  const place = realPlace(file);
  const folders = [paths.logs, ...installedFolder()].map(realPlace);
  if (folders.some((folder) => place.startsWith(folder + sep))) return true;
  const unrotated = place.replace(/\.\d+$/, "");
  return declaredLogs().some((log) => [place, unrotated].includes(realPlace(log)));
}

/** Resolves links even if the file does not exist (anymore). */
function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPlace(above), basename(path));
  }
}

/** The folder given to `crontab:install --log-dir`, read from a file that only this user can write. */
function installedFolder(): string[] {
  const text = ownFileText(join(paths.data, "installation.json"));
  const folder = text === undefined ? undefined : parsed(text)?.options?.["log-dir"];
  return typeof folder === "string" ? [folder] : [];
}

/**
 * The logs declared in the build and in schedule.json. Includes the defaults, which can be symlinks to other places.
 */
function declaredLogs(): string[] {
  const { commands = [] } = parsed(readOrEmpty(paths.manifest)) ?? {};
  const overrides = Object.values(parsed(readOrEmpty(paths.schedule)) ?? {});
  const named = [...commands, ...overrides].map((one) => one?.log ?? (one?.name && `${one.name}.log`));
  const folders = [paths.logs, ...installedFolder()];
  return named
    .filter((log) => typeof log === "string")
    .flatMap((log) => folders.map((folder) => resolve(folder, log)))
    .filter((log) => !isStrangersLink(log));
}

/**
 * Whether another user created this symlink. With LAJU_GROUP, others can write to the log folder and could link to any
 * of this user's files.
 */
function isStrangersLink(log: string): boolean {
  try {
    const stat = lstatSync(log);
    return stat.isSymbolicLink() && ![0, process.geteuid?.()].includes(stat.uid);
  } catch {
    return false; // The log doesn't exist, or is in a folder that this user can't access.
  }
}

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readOrEmpty(file: string): string {
  try {
    return readText(file);
  } catch {
    return "";
  }
}
