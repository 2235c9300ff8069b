import { closeSync, fsyncSync, openSync } from "node:fs";

/** Brings a rename to the disk: without this a power cut may undo it. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
