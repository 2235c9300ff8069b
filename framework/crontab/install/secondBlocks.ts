import { lstatSync } from "node:fs";
import { hasRootsCrontab } from "../../catalog/rootsCrontab";
import { LajuError } from "../../config/errors";
import type { TargetOptions } from "../../host/installation";
import { shellQuote } from "../../text/shellQuote";
import { allBlocks } from "../text/blocks";
import { appBlocks } from "./appBlocks";
import { installCommand, removeCommand } from "./installCommand";
import { installedRoot } from "./installedOptions";
import type { CrontabTarget } from "./installer";
import { type OtherTable, otherTables } from "./otherTables";
import { readCrontab } from "./systemCrontab";

/** Roots of blocks beside the app's own that start its commands too. */
export function secondBlocks(asked: TargetOptions, read = readCrontab): string[] {
  const own = installedRoot(asked, read);
  try {
    return appBlocks(read(asked.user === undefined ? {} : { user: asked.user }).text)
      .map(({ root }) => root)
      .filter((root) => root !== own);
  } catch {
    return []; // No crontab program, or a table that others complain about.
  }
}

/** Roots of blocks whose folder is not there, whichever app it was of: nobody else tells that each of their starts fails. */
export function goneBlocks(asked: TargetOptions, read = readCrontab): string[] {
  try {
    return allBlocks(read(asked.user === undefined ? {} : { user: asked.user }).text)
      .map(({ root }) => root)
      .filter((root) => lstatSync(root, { throwIfNoEntry: false }) === undefined);
  } catch {
    return []; // As above, or a folder that this user may not look into.
  }
}

/** The first of the tables beside this crontab that start this app's commands too. */
export function otherTable({ user }: TargetOptions): OtherTable | undefined {
  return otherTables(user)[0];
}

/** What that does, and the command that ends it. */
export function otherTableText(other: OtherTable) {
  const where = "user" in other ? `the crontab of ${other.user}` : other.file;
  const message = `${where} has this app's entries too, as ${other.root}: every command runs twice`;
  return { message, cure: `Run \`${removalOf(other)}\`.` };
}

function removalOf(other: OtherTable): string {
  if ("file" in other) return `rm ${shellQuote(other.file)}`;
  const command = removeCommand(other.root, other.user);
  // Without it root would go on as the user whose app this is.
  return hasRootsCrontab() ? `LAJU_ALLOW_ROOT=true ${command}` : command;
}

/** What a second block does, and the command that takes it out. */
export function secondBlockText(own: string, second: string, user: string | undefined) {
  return {
    message: `The crontab has this app's entries twice, as ${own} and as ${second}: every command runs twice`,
    cure: `Run \`${removeCommand(second, user)}\`.`,
  };
}

/**
 * Throws where the crontab has this app's entries under another root: with a second block every command would run
 * twice. A block that is there already is brought up to date all the same, and `crontab:check` reports the other.
 */
export function refuseSecondBlock(target: CrontabTarget, options: TargetOptions, read = readCrontab): void {
  const { root } = target.place;
  const blocks = appBlocks(read(target).text);
  const [other] = blocks.filter((block) => block.root !== root);
  if (other === undefined || blocks.some((block) => block.root === root)) return;
  const isSame = other.place === "gone" ? ", where the app was before" : "";
  throw new LajuError(
    `the crontab has this app's entries already, as ${other.root}${isSame}: a second block would run every command twice`,
    {
      code: "E_CRONTAB_SECOND",
      hint: `Run \`${installCommand({ ...options, root }, { namesRoot: true, flags: ["--replace"] })}\` to replace them.`,
    },
  );
}

/** The same where another user's crontab, or a file of the system's, has them and this crontab has none. */
export function refuseSecondTable(target: CrontabTarget, read = readCrontab): void {
  const other = otherTable(target);
  if (other === undefined || target.rows.length === 0 || appBlocks(read(target).text).length > 0) return;
  const where = "user" in other ? `the crontab of ${other.user}` : other.file;
  const update =
    "user" in other
      ? `\`node laju crontab:install --user ${shellQuote(other.user)}\` brings them up to date, or r`
      : "R";
  throw new LajuError(
    `${where} has this app's entries already, as ${other.root}: a second block would run every command twice`,
    { code: "E_CRONTAB_SECOND", hint: `${update}emove them first: \`${removalOf(other)}\`.` },
  );
}
