import { fchmodSync, fchownSync, statSync } from "node:fs";
import { sharedGroup } from "../config/config";
import { groupNumber } from "../config/groups";

/** Who is to own a file, by numbers. */
export interface Owner {
  uid: number;
  gid: number;
}

/** Files that laju makes are for its own user, and for LAJU_GROUP where there is one. */
export function fileMode(): number {
  return sharedGroup() === undefined ? 0o600 : 0o660;
}

/** Folders likewise. The set-group-ID bit hands the group on to what SQLite and others make in them. */
export function folderMode(): number {
  return sharedGroup() === undefined ? 0o700 : 0o2770;
}

/** What root makes in another user's folder belongs to that user: who runs the app has to write it, too. */
export function inheritedOwner(folder: string): Owner | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const { uid, gid } = statSync(folder);
  return uid === 0 ? undefined : { uid, gid };
}

/** Gives a new file or folder its owner, group and mode, whatever the umask says. */
export function setAccess(descriptor: number, mode: number, owner?: Owner): void {
  if (owner !== undefined) fchownSync(descriptor, owner.uid, owner.gid);
  setGroup(descriptor, owner);
  // Last: changing the owner clears the set-group-ID bit.
  fchmodSync(descriptor, mode);
}

function setGroup(descriptor: number, owner: Owner | undefined): void {
  const name = sharedGroup();
  const group = name === undefined ? undefined : groupNumber(name);
  if (group === undefined) return;
  try {
    fchownSync(descriptor, owner?.uid ?? process.geteuid?.() ?? -1, group);
  } catch {
    // This user is no member of the group. `doctor` says so; the work goes on.
  }
}
