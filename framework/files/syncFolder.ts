import { closeSync, fsyncSync, openSync } from "node:fs";

/** Flushes a rename in this folder to disk. Otherwise, a power failure could undo the rename. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
