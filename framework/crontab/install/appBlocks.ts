import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { paths } from "../../config/config";
import { readEnvFile } from "../../config/envFile";
import { readText } from "../../config/readText";
import { readInstallation } from "../../host/installation";
import { allBlocks, type NamedBlock } from "../text/blocks";

/** A crontab block that starts this app's commands, because its folder has the same build or the same data. */
export interface AppBlock extends NamedBlock {
  /**
   * `here`: this release. `other`: another release or copy. `gone`: the app's previous folder, which no longer exists.
   */
  place: "here" | "other" | "gone";
  /** Whether the folder is a symbolic link, such as one to the current release. */
  isLink: boolean;
}

/** Whether a crontab block with this root starts this app's commands. */
export function isOwnRoot(root: string): boolean {
  return placeOf(root) !== undefined;
}

/** All blocks of a crontab that start this app's commands, whatever their root. */
export function appBlocks(crontab: Buffer): AppBlock[] {
  return allBlocks(crontab).flatMap((block) => {
    const place = placeOf(block.root);
    return place === undefined ? [] : [{ ...block, place, isLink: isLink(block.root) }];
  });
}

/**
 * The block that crontab:install updates if no root is given. Prefers a block whose root is a symlink, because a
 * symlink outlives a release. The block of another release's own folder is left alone.
 */
export function currentBlock(blocks: readonly AppBlock[]): AppBlock | undefined {
  const usable = blocks.filter(({ place, isLink }) => place === "here" || (place === "other" && isLink));
  const installed = readInstallation()?.root;
  const worth = ({ root, place, isLink }: AppBlock) =>
    (isLink ? 4 : 0) + (place === "here" ? 2 : 0) + (root === installed ? 1 : 0);
  return usable.sort((a, b) => worth(b) - worth(a))[0];
}

/** Resolves the links in the part of a path that exists. */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : join(realFolder(above), basename(folder));
  }
}

/** Whether a folder is this app's, possibly through a link. */
export function isHere(root: string): boolean {
  return realFolder(root) === realFolder(paths.root);
}

export function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function placeOf(root: string): AppBlock["place"] | undefined {
  if (isHere(root) || realFolder(join(root, "build")) === realFolder(paths.build)) return "here";
  if (lstatSync(root, { throwIfNoEntry: false }) === undefined) {
    return readInstallation()?.root === root ? "gone" : undefined;
  }
  return realFolder(dataFolderOf(root)) === realFolder(paths.data) ? "other" : undefined;
}

/**
 * The data folder of the app in this folder, from that app's own `.env`: this process's environment doesn't apply to
 * it.
 */
function dataFolderOf(root: string): string {
  try {
    const { LAJU_DATA } = readEnvFile(readText(join(root, ".env"))).values;
    return resolve(root, LAJU_DATA || "data");
  } catch {
    return join(root, "data"); // There is no .env, or this user is not allowed to read it.
  }
}
