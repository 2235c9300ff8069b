import { chmodSync, closeSync, constants, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { folderMode, inheritedOwner, type Owner, setAccess } from "./access";

/** Creates a folder and its missing parents, private to this user (or LAJU_GROUP) regardless of the umask. */
export function makeFolder(folder: string, owner?: Owner): void {
  try {
    mkdirSync(folder, folderMode());
  } catch (error) {
    if (error.code === "EEXIST" && statSync(folder).isDirectory()) return;
    if (error.code !== "ENOENT" || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder), owner);
    makeFolder(folder, owner);
    return;
  }
  const descriptor = openFolder(folder);
  try {
    setAccess(descriptor, folderMode(), owner ?? inheritedOwner(dirname(folder)));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Opens a folder without following a symlink, because anyone who can write to the parent folder could put one in its
 * place.
 */
function openFolder(folder: string): number {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    return openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    if (error.code !== "EACCES") throw error;
    // A umask such as 0777 denies access even to the owner.
    chmodSync(folder, 0o700);
    return openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  }
}
