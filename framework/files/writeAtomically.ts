import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileMode, type Owner } from "./access";
import { createFile } from "./openFile";
import { randomName } from "./randomName";
import { syncFolder } from "./syncFolder";

export interface WriteOptions {
  /** The file's permissions (default: private to this user or LAJU_GROUP). Builds and exports use "umask". */
  mode?: number | "umask" | undefined;
  /** Whether an existing file keeps its permissions: for files that people share as they choose. */
  keepsMode?: boolean;
  owner?: Owner | undefined;
  /** Whether the change must survive a power failure (default: false). The file is complete in either case. */
  isDurable?: boolean;
}

/**
 * Replaces a file atomically: readers see the old or the new contents, never a part, and after a failure the old file is
 * still there. The draft's name is unguessable, so nobody can plant a link in its place.
 */
export function writeAtomically(
  file: string,
  contents: string | Uint8Array,
  options: WriteOptions = {},
): void {
  const draft = `${file}.${randomName()}.tmp`;
  try {
    writeDraft(draft, contents, { mode: modeOf(file, options), owner: options.owner });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  if (options.isDurable) syncFolder(dirname(file));
}

function writeDraft(draft: string, contents: string | Uint8Array, { mode, owner }: WriteOptions): void {
  const descriptor =
    mode === "umask" ? openSync(draft, "wx") : createFile(draft, { mode: mode ?? fileMode(), owner });
  try {
    writeFileSync(descriptor, contents);
    // The rename must not reach the disk before the data. A build's many files skip this: they can be rebuilt.
    if (mode !== "umask") fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function modeOf(file: string, { mode, keepsMode = false }: WriteOptions): number | "umask" {
  const present = keepsMode ? statSync(file, { throwIfNoEntry: false })?.mode : undefined;
  return present === undefined ? (mode ?? fileMode()) : present & 0o777;
}
