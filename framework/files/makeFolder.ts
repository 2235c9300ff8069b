import { chmodSync, closeSync, constants, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { folderMode, inheritedOwner, type Owner, setAccess } from "./access";

/** Makes a folder, and those above it that are missing, for this user alone (or LAJU_GROUP), whatever the umask says. */
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

/** Not by its path: who may write in the folder above could put a link in its place. */
function openFolder(folder: string): number {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    return openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    if (error.code !== "EACCES") throw error;
    // A umask such as 0777 took away even the owner's rights.
    chmodSync(folder, 0o700);
    return openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  }
}
