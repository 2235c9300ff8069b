import { fchmodSync, fchownSync, statSync } from "node:fs";
import { sharedGroup } from "../config/config";
import { groupNumber } from "../config/groups";

/** The numeric owner of a file. */
export interface Owner {
  uid: number;
  gid: number;
}

/** The mode of the files that laju creates: only laju's user, and LAJU_GROUP if set, have access. */
export function fileMode(): number {
  return sharedGroup() === undefined ? 0o600 : 0o660;
}

/** The mode of folders. The setgid bit passes the group on to files that SQLite and others create in the folder. */
export function folderMode(): number {
  return sharedGroup() === undefined ? 0o700 : 0o2770;
}

/**
 * The owner for a file that root creates in another user's folder: the folder's owner, because the app runs as that
 * user and must be able to write the file.
 */
export function inheritedOwner(folder: string): Owner | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const { uid, gid } = statSync(folder);
  return uid === 0 ? undefined : { uid, gid };
}

/** Sets the owner, group and mode of a new file or folder, regardless of the umask. */
export function setAccess(descriptor: number, mode: number, owner?: Owner): void {
  if (owner !== undefined) fchownSync(descriptor, owner.uid, owner.gid);
  setGroup(descriptor, owner);
  // Set the mode last: changing the owner clears the setgid bit.
  fchmodSync(descriptor, mode);
}

function setGroup(descriptor: number, owner: Owner | undefined): void {
  const name = sharedGroup();
  const group = name === undefined ? undefined : groupNumber(name);
  if (group === undefined) return;
  try {
    fchownSync(descriptor, owner?.uid ?? process.geteuid?.() ?? -1, group);
  } catch {
    // This user is not a member of LAJU_GROUP. `doctor` reports that; carry on.
  }
}
