import { accessSync, constants } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { paths } from "../../config/config";
import type { TargetOptions } from "../../host/installation";
import { type Installation, readInstallation } from "../../host/installation";
import { type FoundBlock, findBlock } from "../text/edit";
import { entriesIn } from "../text/entryParts";
import { appBlocks, currentBlock, isHere, isLink } from "./appBlocks";
import { readCrontab } from "./systemCrontab";

/**
 * Adds options that the user did not give, as they are in the installed entries, so that installing again has no
 * effect. The block itself records root, node and environment; data/installation.json records the rest.
 */
export function asInstalled(asked: TargetOptions, read = readCrontab): TargetOptions {
  const { installation, root, block } = rememberedOf(asked, read);
  return {
    ...given(asked),
    root,
    node: asked.node ?? installedNode(block, installation),
    "log-dir": asked["log-dir"] ?? installedLogs(block, installation),
    env: asked.env ?? (block === undefined ? installation?.options.env : block.notes.environment),
    portable: asked.portable ?? installation?.options.portable,
    cron: asked.cron ?? installation?.options.cron,
  };
}

/**
 * Like asInstalled(), but for crontab:install, which keeps the root, node, log folder and cron that the user chose, but
 * not the environment. A node that the user did not choose, or that no longer exists, is replaced by the one running
 * now.
 */
export function forInstalling(
  asked: TargetOptions,
  { read = readCrontab, isPartial = false }: { read?: typeof readCrontab; isPartial?: boolean } = {},
): TargetOptions {
  const { installation, root, block } = rememberedOf(asked, read);
  const node = installedNode(block, installation);
  const isKept = isPartial || installation?.isNodeChosen !== false;
  return {
    ...given(asked),
    root,
    node: asked.node ?? (node !== undefined && isKept && canExecute(node) ? node : undefined),
    "log-dir": asked["log-dir"] ?? installedLogs(block, installation),
    env: asked.env ?? (isPartial ? block?.notes.environment : undefined),
    cron: asked.cron ?? installation?.options.cron,
  };
}

/** The root of the installed block, even if that is another release than this one. */
export function installedRoot({ user, root }: TargetOptions, read = readCrontab): string {
  if (root !== undefined) return isAbsolute(root) ? resolve(root) : root;
  const known = readInstallation()?.options.root;
  const fallback = known !== undefined && (isHere(known) || isLink(known)) ? known : paths.root;
  try {
    return currentBlock(appBlocks(read(user === undefined ? {} : { user }).text))?.root ?? fallback;
  } catch {
    return fallback; // There is no crontab program, or the crontab is broken. The verb itself reports this.
  }
}

/** The app's installed block; undefined if there is none or the crontab cannot be read. */
export function installedBlock(asked: TargetOptions, read = readCrontab): FoundBlock | undefined {
  try {
    const { text } = read(asked.user === undefined ? {} : { user: asked.user });
    return findBlock(text, installedRoot(asked, read));
  } catch {
    return undefined; // There is no crontab program, or the crontab is broken.
  }
}

/** The --env with which the block was installed; undefined if none was given or there is no block. */
export function installedEnvironment(asked: TargetOptions, read = readCrontab): string | undefined {
  return installedBlock(asked, read)?.notes.environment;
}

/** The path of node in a block's entries. */
export function nodeIn({ body }: FoundBlock): string | undefined {
  return entriesIn(body)[0]?.node;
}

function rememberedOf(asked: TargetOptions, read: typeof readCrontab) {
  return {
    installation: readInstallation(),
    root: installedRoot(asked, read),
    block: installedBlock(asked, read),
  };
}

function given(asked: TargetOptions): TargetOptions {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

/** The node in the block. If the block was edited by hand or is missing, the node that crontab:install recorded. */
function installedNode(block: FoundBlock | undefined, installation: Installation | undefined) {
  const told = installation?.options.node;
  return block === undefined || (block.isEdited && told !== undefined) ? told : nodeIn(block);
}

/**
 * The log folder that was given with --log-dir. A folder from LAJU_LOGS is not included, because that setting is read
 * each time.
 */
function installedLogs(block: FoundBlock | undefined, installation: Installation | undefined) {
  if (installation !== undefined) return installation.options["log-dir"];
  const below = relative(paths.root, paths.logs);
  const isSet = below.startsWith("..") || isAbsolute(below);
  return block === undefined || isSet ? undefined : logsIn(block);
}

/** The log folder of a block, unless it is the default one. Ignores logs with custom names. */
function logsIn({ body }: FoundBlock): string | undefined {
  const folders = entriesIn(body).flatMap(({ build, file, log }) => {
    const name = file === "laju.js" ? "monitor" : file.slice("commands/".length, -".js".length);
    const folder = log.endsWith(`/${name}.log`) ? log.slice(0, -`/${name}.log`.length) : undefined;
    return folder === undefined || folder === join(dirname(build), "logs") ? [] : folder;
  });
  return folders[0];
}

function canExecute(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
