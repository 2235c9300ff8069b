import { lstatSync } from "node:fs";
import { hasRootsCrontab } from "../../catalog/rootsCrontab";
import { LajuError } from "../../config/errors";
import type { TargetOptions } from "../../host/installation";
import { shellQuote } from "../../text/shellQuote";
import { allBlocks } from "../text/blocks";
import { appBlocks } from "./appBlocks";
import { installCommand, removeCommand } from "./installCommand";
import { type OtherTable, otherTables } from "./installed/otherTables";
import { installedRoot } from "./installedOptions";
import { type CrontabTarget, removeCrontab } from "./installer";
import { readCrontab } from "./systemCrontab";

/** The roots of other blocks that also start this app's commands. */
export function secondBlocks(asked: TargetOptions, read = readCrontab): string[] {
  const own = installedRoot(asked, read);
  try {
    return appBlocks(read(asked.user === undefined ? {} : { user: asked.user }).text)
      .map(({ root }) => root)
      .filter((root) => root !== own);
  } catch {
    return []; // There is no crontab program, or the crontab is broken. Other checks report this.
  }
}

/**
 * The roots of all blocks, of any app, whose folder no longer exists. No other check reports that their starts fail.
 */
export function goneBlocks(asked: TargetOptions, read = readCrontab): string[] {
  try {
    return allBlocks(read(asked.user === undefined ? {} : { user: asked.user }).text)
      .map(({ root }) => root)
      .filter((root) => lstatSync(root, { throwIfNoEntry: false }) === undefined);
  } catch {
    return []; // There is no crontab program, the crontab is broken, or a folder is not readable.
  }
}

/** The first table, other than this user's crontab, that starts this app's commands. */
export function otherTable({ user }: TargetOptions): OtherTable | undefined {
  return otherTables(user)[0];
}

/** A sentence about what the other table causes, and the command that removes its entries. */
export function otherTableText(other: OtherTable) {
  const where = "user" in other ? `the crontab of ${other.user}` : other.file;
  const message = `${where} also has entries for this app, with the path ${other.root}: every command runs twice`;
  return { message, cure: `Run \`${removalOf(other)}\`.` };
}

function removalOf(other: OtherTable): string {
  if ("file" in other) return `rm ${shellQuote(other.file)}`;
  const command = removeCommand(other.root, other.user);
  // Without this setting, laju would switch from root to the app's user before it runs the command.
  return hasRootsCrontab() ? `LAJU_ALLOW_ROOT=true ${command}` : command;
}

/** A sentence about what the second block causes, and the command that removes it. */
export function secondBlockText(own: string, second: string, user: string | undefined) {
  return {
    message: `The crontab has this app's entries twice, as ${own} and as ${second}: every command runs twice`,
    cure: `Run \`${removeCommand(second, user)}\`.`,
  };
}

/**
 * Throws if the crontab has this app's entries under another root, because with a second block every command would run
 * twice. If this root already has a block, doesn't throw: crontab:install updates that block, and `crontab:check`
 * reports the other one.
 */
export function refuseSecondBlock(target: CrontabTarget, options: TargetOptions, read = readCrontab): void {
  const { root } = target.place;
  const blocks = appBlocks(read(target).text);
  const [other] = blocks.filter((block) => block.root !== root);
  if (other === undefined || blocks.some((block) => block.root === root)) return;
  const isSame = other.place === "gone" ? ", where the app was before" : "";
  throw new LajuError(
    `the crontab already has this app's entries, as ${other.root}${isSame}: a second block would run every command twice`,
    {
      code: "E_CRONTAB_SECOND",
      hint: `Run \`${installCommand({ ...options, root }, { namesRoot: true, flags: ["--replace"] })}\` to replace them.`,
    },
  );
}

/** Throws if this crontab has no entries of this app, but another user's crontab or a file in /etc does. */
export function refuseSecondTable(target: CrontabTarget, read = readCrontab): void {
  const other = otherTable(target);
  if (other === undefined || target.rows.length === 0 || appBlocks(read(target).text).length > 0) return;
  throw secondTable(other);
}

type OtherCrontab = Extract<OtherTable, { user: string }>;

/**
 * The other users' crontabs that have entries of this app, which will move to this crontab. Throws if some entries
 * cannot be moved.
 */
export function crontabsToReplace({ user }: CrontabTarget): OtherCrontab[] {
  const others = otherTables(user);
  const fixed = others.find((other) => !isReplaceable(other));
  if (fixed !== undefined) throw secondTable(fixed);
  return others.filter(isReplaceable);
}

/**
 * Called after the entries were installed in this crontab: removes them from other crontabs. Returns a sentence for
 * each of those.
 */
export function removeReplaced(target: CrontabTarget, others: readonly OtherCrontab[]): string[] {
  return others.map(({ root, user }) => {
    const place = { ...target.place, root };
    const { removed } = removeCrontab({
      ...target,
      user,
      place,
      rows: [],
      backupName: `crontab.${user}.bak`,
    });
    return `Removed ${removed} ${removed === 1 ? "entry" : "entries"} from the crontab of ${user}`;
  });
}

/** Only root can change other users' crontabs. Files in /etc are left alone, because another program may manage them. */
function isReplaceable(other: OtherTable): other is OtherCrontab {
  return "user" in other && process.geteuid?.() === 0;
}

function secondTable(other: OtherTable): LajuError {
  const where = "user" in other ? `the crontab of ${other.user}` : other.file;
  const replace = isReplaceable(other) ? "Add --replace to move them here, or r" : "R";
  return new LajuError(
    `${where} already has this app's entries, as ${other.root}: a second block would run every command twice`,
    { code: "E_CRONTAB_SECOND", hint: `${replace}emove them first: \`${removalOf(other)}\`.` },
  );
}
