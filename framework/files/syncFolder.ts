import { closeSync, fsyncSync, openSync } from "node:fs";

/** Flushes a rename to disk. Without this, a power failure could undo it. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
