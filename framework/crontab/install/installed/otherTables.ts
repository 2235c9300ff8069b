import { readdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { askRootForBlocks, hasRootsCrontab } from "../../../catalog/rootsCrontab";
import { readBytes } from "../../../config/readText";
import { rootOfBegin, textOf } from "../../text/block";
import { rootOfCronD } from "../../text/blocks";
import { isOwnRoot } from "../appBlocks";

/** A place other than the user's crontab that has this app's entries: another user's crontab, or a file in /etc. */
export type OtherTable = { root: string; user: string } | { root: string; file: string };

/** Where cron daemons keep users' crontabs: Debian's, SUSE's, and everyone else's. */
const spools = ["/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron"];
const systemTables = "/etc/cron.d";

/**
 * The tables other than this user's crontab that start this app's commands. Only root can read other users' crontabs.
 */
export function otherTables(user = userInfo().username): OtherTable[] {
  return [...crontabsBeside(user), ...cronDFiles()].filter(({ root }) => isOwnRoot(root));
}

/** Whether other users' crontabs can be read. */
export function seesOthersCrontabs(): boolean {
  return process.geteuid?.() === 0 || hasRootsCrontab();
}

function crontabsBeside(user: string): { root: string; user: string }[] {
  if (hasRootsCrontab()) return askRootForBlocks().flatMap(({ user, line }) => blockOf(user, line));
  if (process.geteuid?.() !== 0) return [];
  return filesIn(spools)
    .filter(({ name }) => name !== user)
    .flatMap(({ name, text }) => text.split("\n").flatMap((line) => blockOf(name, line)));
}

function blockOf(user: string, line: string): { root: string; user: string }[] {
  const root = rootOfBegin(line);
  return root === undefined ? [] : [{ root, user }];
}

function cronDFiles(): { root: string; file: string }[] {
  return filesIn([systemTables]).flatMap(({ path, text }) => {
    const root = rootOfCronD(textOf(text));
    return root === undefined ? [] : [{ root, file: path }];
  });
}

/** The readable files in these folders, as latin1 text. */
function filesIn(folders: readonly string[]): { name: string; path: string; text: string }[] {
  return folders.flatMap((folder) =>
    namesIn(folder).flatMap((name) => {
      const path = join(folder, name);
      const text = textIn(path);
      return text === undefined ? [] : [{ name, path, text }];
    }),
  );
}

function namesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch {
    return []; // The folder doesn't exist, or this user is not allowed to read it.
  }
}

function textIn(path: string): string | undefined {
  try {
    return readBytes(path).toString("latin1");
  } catch {
    return undefined; // This user is not allowed to read the file, or it has just been deleted.
  }
}
