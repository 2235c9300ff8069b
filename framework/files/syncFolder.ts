import { closeSync, fsyncSync, openSync } from "node:fs";

/** Flushes a rename to disk: without this, a power failure may undo it. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
