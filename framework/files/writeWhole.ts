import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileMode, type Owner } from "./access";
import { createFile } from "./openFile";
import { randomName } from "./randomName";
import { syncFolder } from "./syncFolder";

export interface WriteOptions {
  /** Its permissions (default: for this user alone, or LAJU_GROUP). "umask" is for what a build or an export makes. */
  mode?: number | "umask" | undefined;
  /** Whether a file that is there keeps its permissions: those of one that people give away are theirs to choose. */
  keepsMode?: boolean;
  owner?: Owner | undefined;
  /** Whether a power cut must not undo it (default false). The file is whole in any case. */
  isDurable?: boolean;
}

/**
 * Replaces a file. Whoever reads it meanwhile sees the one before or the new one, never a part; when it fails, the one
 * before is still there. The draft has a name that nobody can guess, and so cannot put a link in its place.
 */
export function writeWhole(file: string, contents: string | Uint8Array, options: WriteOptions = {}): void {
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
    // A rename must not overtake the bytes. What a build makes can be made again, and is many files.
    if (mode !== "umask") fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function modeOf(file: string, { mode, keepsMode = false }: WriteOptions): number | "umask" {
  const present = keepsMode ? statSync(file, { throwIfNoEntry: false })?.mode : undefined;
  return present === undefined ? (mode ?? fileMode()) : present & 0o777;
}
