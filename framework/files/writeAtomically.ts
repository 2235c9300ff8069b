import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileMode, type Owner } from "./access";
import { createFile } from "./openFile";
import { randomName } from "./randomName";
import { syncFolder } from "./syncFolder";

export interface WriteOptions {
  /** The file's permissions (default: private to this user or LAJU_GROUP). Builds and exports use "umask". */
  mode?: number | "umask" | undefined;
  /** Whether an existing file keeps its permissions, because people may have changed them. */
  keepsMode?: boolean;
  owner?: Owner | undefined;
  /** Whether the change must survive a power failure (default: false). The file is complete in either case. */
  isDurable?: boolean;
}

/**
 * Replaces a file atomically: readers see either the old or the new contents, and after a failure the old file is
 * intact. The temporary file's name is unguessable, so that other users cannot put a symlink in its place.
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
    // The data must reach the disk before the rename does. Skip this for a build's many files, which can be rebuilt.
    if (mode !== "umask") fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function modeOf(file: string, { mode, keepsMode = false }: WriteOptions): number | "umask" {
  const present = keepsMode ? statSync(file, { throwIfNoEntry: false })?.mode : undefined;
  return present === undefined ? (mode ?? fileMode()) : present & 0o777;
}
