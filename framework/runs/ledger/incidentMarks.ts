import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../../config/config";
import { makeFolder } from "../../files/makeFolder";
import { makeFile } from "../../files/openFile";
import { randomName } from "../../files/randomName";

/** Contains an empty file for each command with an open incident, so that a successful run need not open the ledger. */
const folder = join(paths.data, "incidents");

/**
 * Every successful run calls this, at the cost of one file check. Always true for a ledger from before marks existed.
 */
export function mayHaveIncident(name: string): boolean {
  return existsSync(markOf(name)) || (!existsSync(folder) && existsSync(paths.ledger));
}

export function markIncident(name: string): void {
  makeFolder(dirname(markOf(name)));
  makeFile(markOf(name));
}

export function unmarkIncident(name: string): void {
  rmSync(markOf(name), { force: true });
}

/** Creates the marks for a ledger from before marks existed. Atomic, because an existing folder counts as complete. */
export function makeMissingMarks(openNames: () => string[]): void {
  if (existsSync(folder)) return;
  const draft = `${folder}.${randomName()}.tmp`;
  makeFolder(draft);
  for (const name of openNames()) makeFile(join(draft, encodeURIComponent(name)));
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true });
    // Another process created them first.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  }
}

function markOf(name: string): string {
  return join(folder, encodeURIComponent(name));
}
