import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../../config/config";
import { makeFolder } from "../../files/makeFolder";
import { makeFile } from "../../files/openFile";
import { randomName } from "../../files/randomName";

/**
 * The folder with an empty file for each command that has an open incident, so that a successful run need not open the
 * ledger.
 */
const folder = join(paths.data, "incidents");

/**
 * Whether a command may have an open incident. Checks for one or two files instead of opening the ledger, because every
 * successful run calls this. Always true if the ledger was written by an earlier laju, which created no marks.
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

/**
 * Creates the marks for a ledger that was written by an earlier laju, which created none. Fills a temporary folder and
 * renames it, because an existing folder must contain all marks.
 */
export function makeMissingMarks(openNames: () => string[]): void {
  if (existsSync(folder)) return;
  const draft = `${folder}.${randomName()}.tmp`;
  makeFolder(draft);
  for (const name of openNames()) makeFile(join(draft, encodeURIComponent(name)));
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true });
    // Another process created the marks first.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  }
}

function markOf(name: string): string {
  return join(folder, encodeURIComponent(name));
}
