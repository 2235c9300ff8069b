import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../../config/config";
import { makeFolder } from "../../files/makeFolder";
import { makeFile } from "../../files/openFile";
import { randomName } from "../../files/randomName";

/** Holds an empty file for each command with an open incident, so that a success need not open the ledger. */
const folder = join(paths.data, "incidents");

/** What each success pays: one look for a file. A ledger from before there were any says itself what is open. */
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

/** Makes the marks of a ledger that has none at all yet; whole at once, for a folder that is there is believed. */
export function makeMissingMarks(openNames: () => string[]): void {
  if (existsSync(folder)) return;
  const draft = `${folder}.${randomName()}.tmp`;
  makeFolder(draft);
  for (const name of openNames()) makeFile(join(draft, encodeURIComponent(name)));
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true });
    // Another process was faster.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  }
}

function markOf(name: string): string {
  return join(folder, encodeURIComponent(name));
}
