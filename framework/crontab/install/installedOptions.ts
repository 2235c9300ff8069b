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
 * Fills in options that were not given from the installed entries, so that they count as unchanged. The block itself
 * contains root, node and environment; the rest comes from data/installation.json.
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
 * The same for crontab:install: root, node, logs and cron stay as they were chosen. The environment doesn't. A node that
 * nobody chose, or that is gone, is replaced by the one running this.
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

/** The folder that names the app's block, whichever release this is. */
export function installedRoot({ user, root }: TargetOptions, read = readCrontab): string {
  if (root !== undefined) return isAbsolute(root) ? resolve(root) : root;
  const known = readInstallation()?.options.root;
  const fallback = known !== undefined && (isHere(known) || isLink(known)) ? known : paths.root;
  try {
    return currentBlock(appBlocks(read(user === undefined ? {} : { user }).text))?.root ?? fallback;
  } catch {
    return fallback; // No crontab program, or a crontab that the verb itself reports as broken.
  }
}

/** The app's block; undefined if nothing is installed, or that cannot be determined. */
export function installedBlock(asked: TargetOptions, read = readCrontab): FoundBlock | undefined {
  try {
    const { text } = read(asked.user === undefined ? {} : { user: asked.user });
    return findBlock(text, installedRoot(asked, read));
  } catch {
    return undefined; // As above.
  }
}

/** The environment that the block is for; undefined if none was given with --env, or nothing is installed. */
export function installedEnvironment(asked: TargetOptions, read = readCrontab): string | undefined {
  return installedBlock(asked, read)?.notes.environment;
}

/** The node that a block starts. */
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

/** For a block that was edited by hand, uses what crontab:install had written. */
function installedNode(block: FoundBlock | undefined, installation: Installation | undefined) {
  const told = installation?.options.node;
  return block === undefined || (block.isEdited && told !== undefined) ? told : nodeIn(block);
}

/** A folder given with --log-dir stays. LAJU_LOGS is read again, because it may have changed. */
function installedLogs(block: FoundBlock | undefined, installation: Installation | undefined) {
  if (installation !== undefined) return installation.options["log-dir"];
  const below = relative(paths.root, paths.logs);
  const isSet = below.startsWith("..") || isAbsolute(below);
  return block === undefined || isSet ? undefined : logsIn(block);
}

/** The folder of a block's logs, unless it is the default one. Logs with custom names are ignored. */
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
