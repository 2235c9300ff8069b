import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { paths } from "../../config/config";
import { readText } from "../../config/readText";
import { ownFileText } from "../../files/openFile";

/**
 * Whether a path that the ledger names may be read as a log: one in the folder of logs, or at a command's declared
 * `log`. Whoever can write the journal could name any other file of this user, and see it in a report or a mail.
 */
export function isLogPlace(file: string): boolean {
  const place = realPlace(file);
  const folders = [paths.logs, ...installedFolder()].map(realPlace);
  if (folders.some((folder) => place.startsWith(folder + sep))) return true;
  const unrotated = place.replace(/\.\d+$/, "");
  return declaredLogs().some((log) => [place, unrotated].includes(realPlace(log)));
}

/** Without links, also of what is not there (any more). */
function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPlace(above), basename(path));
  }
}

/** Where `crontab:install --log-dir` sent the logs: only this user can have written it. */
function installedFolder(): string[] {
  const text = ownFileText(join(paths.data, "installation.json"));
  const folder = text === undefined ? undefined : parsed(text)?.options?.["log-dir"];
  return typeof folder === "string" ? [folder] : [];
}

/** As the build and schedule.json have them. A default is in there as well, for it may be a link to elsewhere. */
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

/** With LAJU_GROUP others write in the folder of logs, too: a link of theirs could lead to any file of this user's. */
function isStrangersLink(log: string): boolean {
  try {
    const stat = lstatSync(log);
    return stat.isSymbolicLink() && ![0, process.geteuid?.()].includes(stat.uid);
  } catch {
    return false; // Not there, or in a folder that this user can't enter.
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
