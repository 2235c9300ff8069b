import { lstatSync } from "node:fs";
import { LajuError } from "../errors";
import { allBlocks } from "../schedule/crontabBlocks";
import { appBlocks } from "./appBlocks";
import { installedRoot } from "./asInstalled";
import type { CrontabTarget } from "./crontabInstaller";
import type { TargetOptions } from "./crontabTarget";
import { installCommand, removeCommand } from "./installCommand";
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
