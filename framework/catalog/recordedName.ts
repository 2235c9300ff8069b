import { listRuns, recordedNames } from "../runs/history/findRuns";
import { findCommand, readCatalog } from "./catalog";
import { isWhole, type Selection, selectCommands } from "./selection";

/** The name of an existing command, or of a deleted one that still has runs. Throws a LajuError for any other. */
export function recordedName(name: string): string {
  if (hasRuns(name)) return name;
  return findCommand(name, readCatalog().commands).name;
}

/**
 * The names of the selected commands, even deleted ones; undefined if all are selected. Throws a LajuError if none
 * matches.
 */
export function recordedNamesOf(selection: Selection): string[] | undefined {
  const { words, tags = [] } = selection;
  if (isWhole(selection)) return undefined;
  if (tags.length === 0 && words.every(hasRuns)) return [...new Set(words)];
  const { commands } = readCatalog();
  const known = new Set(commands.map(({ name }) => name));
  const gone = recordedNames().filter((name) => !known.has(name));
  const all = [...commands, ...gone.map((name) => ({ name, tags: [] }))];
  return selectCommands(all, selection).map(({ name }) => name);
}

function hasRuns(name: string): boolean {
  return listRuns({ name, limit: 1 }).length > 0;
}
