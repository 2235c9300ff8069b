import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { LajuError } from "../../config/errors";
import type { Owner } from "../../files/access";
import { blockAround, crontabBlock } from "../text/block";
import { type CrontabDiff, diffBodies } from "../text/diff";
import { findBlock, removeBlock, replaceBlock } from "../text/edit";
import type { NeutralSettings } from "../text/foreignSettings";
import type { AppLocation, CrontabRow } from "../text/line";
import { withOnly } from "../text/units";
import type { CrontabAccess } from "./crontabCalls";
import { checkWritable, checkWritableBy, keepBackup, makeLog, ownerNamed, prepareFolder } from "./ownedFiles";
import { dryRunCrontab, readCrontab, writeCrontab } from "./systemCrontab";
import { withCrontabLock } from "./tableLock";

/** The entries to install, and the crontab to put them into. */
export interface CrontabTarget extends CrontabAccess {
  rows: readonly CrontabRow[];
  place: AppLocation;
  /** The environment given with --env. */
  environment?: string | undefined;
  /** The folder for the backup of the previous crontab, and the backup's name (default: crontab.bak). */
  data: string;
  backupName?: string;
  /** TZ in the cron daemon's environment, if it is set. */
  daemonTimezone?: string | undefined;
  /** Settings that, when set above the block, this cron would also apply inside it, each with its neutral value. */
  neutralSettings?: NeutralSettings;
  /** Change only the entries of these commands. */
  only?: readonly string[];
  /** Roots of other blocks that this block replaces. */
  replaces?: readonly string[];
}

/** How a verb changed the crontab or, with --dry-run, would change it. */
export interface CrontabChange extends CrontabDiff {
  user: string;
  /** Whether the app had no block before. */
  isFirst: boolean;
  /** Whether the new crontab differs from the current one. */
  isNeeded: boolean;
  isWritten: boolean;
  /** The number of lines outside this app's block. */
  otherLines: number;
  /** Where the previous crontab was saved, if there was one and it was replaced. */
  backup?: string;
}

export type CrontabState =
  | "not installed"
  | "older than the build"
  | "newer than the build"
  | "different"
  | "edited by hand"
  | "in order";

/** The previews for --dry-run and for the confirmation prompt only read the crontab. */
export const previewInstall = (target: CrontabTarget) => plan(target, wantedTable).change;
export const previewRemove = (target: CrontabTarget) => plan(target, tableWithout).change;

/** Installs the app's block in the crontab, and creates the logs to which its lines write. */
export function installCrontab(target: CrontabTarget): CrontabChange {
  const owner = ownerFor(target);
  return apply(target, wantedTable, () => {
    if (owner !== undefined) prepareFolder(target.data, owner);
    for (const { log } of target.rows) prepareLog(log, target.user, owner);
  });
}

function prepareLog(log: string, user: string | undefined, owner: Owner | undefined): void {
  makeLog(log, owner);
  if (user === undefined) checkWritable(log);
  else if (owner !== undefined) checkWritableBy(user, owner, log);
}

/** Removes the app's block from the crontab. Keeps the crontab even if that leaves it empty. */
export function removeCrontab(target: CrontabTarget): CrontabChange {
  return apply(target, tableWithout);
}

/**
 * Compares the installed block with the one that crontab:install would write now. Reports any difference as "older than
 * the build".
 */
export function checkCrontab(
  target: CrontabTarget,
  read = readCrontab,
): { state: CrontabState; change: CrontabChange } {
  const { before, change } = plan(target, wantedTable, read);
  const found = findBlock(before, target.place.root);
  if (!change.isNeeded) return { state: "in order", change };
  if (found === undefined) return { state: "not installed", change };
  return { state: found.isEdited ? "edited by hand" : "older than the build", change };
}

type Edit = (before: Buffer, target: CrontabTarget) => Buffer;

function wantedTable(before: Buffer, target: CrontabTarget): Buffer {
  const { rows, place, only, environment, replaces = [], neutralSettings } = target;
  const block = crontabBlock(rows, place, environment);
  const wanted = only === undefined ? block : partialBlock(before, block, target);
  const without = replaces.reduce(removeBlock, before);
  return replaceBlock(without, place.root, wanted, existsSync, neutralSettings);
}

function tableWithout(before: Buffer, { place }: CrontabTarget): Buffer {
  return removeBlock(before, place.root);
}

/** The installed block, with new lines for the named commands only. */
function partialBlock(before: Buffer, wanted: string, target: CrontabTarget): string {
  const { place, only = [] } = target;
  // Don't use the rows here: a disabled command has no row, but its lines must be removed.
  const files = only.map((name) => `commands/${name}.js`);
  const body = withOnly(bodyIn(before, place.root), bodyIn(Buffer.from(wanted), place.root), files);
  const found = findBlock(before, place.root);
  return blockAround(place.root, body, (found ? found.notes : target).environment);
}

interface Plan {
  before: Buffer;
  after: Buffer;
  change: CrontabChange;
}

function plan(target: CrontabTarget, edit: Edit, read = readCrontab): Plan {
  const { root } = target.place;
  const before = read(target).text;
  const edited = edit(before, target);
  // crontab(1) rejects a table whose last line has no newline.
  const isOpen = !edited.equals(before) && edited.length > 0 && edited.at(-1) !== 10;
  const after = isOpen ? Buffer.concat([edited, Buffer.from("\n")]) : edited;
  const roots = [root, ...(target.replaces ?? [])];
  const change: CrontabChange = {
    ...diffBodies(roots.map((one) => bodyIn(before, one)).join(""), bodyIn(after, root)),
    user: userOf(target),
    isFirst: roots.every((one) => findBlock(before, one) === undefined),
    isNeeded: !after.equals(before),
    isWritten: false,
    otherLines: countLines(roots.reduce(removeBlock, before)),
  };
  return { before, after, change };
}

function apply(target: CrontabTarget, edit: Edit, prepare = () => {}): CrontabChange {
  return withCrontabLock(userOf(target), () => {
    const planned = plan(target, edit);
    prepare();
    if (!planned.change.isNeeded) return planned.change;
    checkSize(planned.after);
    checkEntries(planned.after, target);
    dryRunCrontab(planned.after, target);
    const file = join(target.data, target.backupName ?? "crontab.bak");
    const backup = planned.before.length > 0 ? keepBackup(planned.before, file, ownerFor(target)) : undefined;
    refuseIfChanged(planned.before, target);
    writeCrontab(planned.after, target);
    return { ...planned.change, isWritten: true, ...(backup !== undefined && { backup }) };
  });
}

/** Other programs don't take laju's lock. Checking again narrows the race with them to a few milliseconds. */
function refuseIfChanged(before: Buffer, target: CrontabTarget): void {
  if (readCrontab(target).text.equals(before)) return;
  throw new LajuError("something else changed the crontab at the same time", {
    code: "E_CRONTAB_CHANGED",
    hint: "Nothing was changed. Run the command again.",
  });
}

/** The most lines that Debian's crontab accepts. */
const maxLines = 10_000;

function checkSize(table: Buffer): void {
  const lines = countLines(table);
  if (lines <= maxLines) return;
  throw new LajuError(`the crontab would have ${lines} lines, but crontab accepts at most ${maxLines}`, {
    code: "E_CRONTAB_SIZE",
    hint: "Nothing was changed. Remove lines that are no longer needed with `crontab -e`.",
  });
}

/** Throws if there are too many entries: some cron daemons silently ignore entries beyond a limit. */
function checkEntries(table: Buffer, { place, user }: CrontabTarget): void {
  const { cron } = place;
  if (cron === undefined) return;
  const most = userOf({ user }) === "root" ? cron.maxEntries.root : cron.maxEntries.others;
  const lines = table.toString("latin1").split("\n");
  const entries = lines.filter((line) => !/^[ \t]*(#|$)/.test(line)).length;
  if (entries <= most) return;
  throw new LajuError(`the crontab would have ${entries} entries, but ${cron.label} reads at most ${most}`, {
    code: "E_CRONTAB_SIZE",
    hint: "Nothing was changed. Remove entries that are no longer needed with `crontab -e`, or use node laju schedule:work.",
  });
}

function countLines(table: Buffer): number {
  return table.toString("latin1").split("\n").length - (table.length === 0 || table.at(-1) === 10 ? 1 : 0);
}

/** The lines of this app's block as text; empty if there is no block. */
function bodyIn(table: Buffer, root: string): string {
  return Buffer.from(findBlock(table, root)?.body ?? "", "latin1").toString();
}

function userOf({ user }: CrontabAccess): string {
  return user ?? userInfo().username;
}

function ownerFor({ user }: CrontabAccess) {
  return user === undefined ? undefined : ownerNamed(user);
}
