import { LajuError } from "../config/errors";
import type { CommandFacts } from "../metadata/manifest";
import { closest } from "../text/similar";
import { findCommand, foldedName } from "./catalog";
import { isPattern, namePattern } from "./namePattern";

/** The options of all verbs that accept several commands. Such a verb also accepts any number of names and patterns. */
export const selectionOptions = {
  tag: {
    type: "string",
    value: "tag",
    multiple: true,
    description: "Only commands with this tag or one of these tags",
  },
} as const;

export const selectionWords = { least: 0, most: Number.POSITIVE_INFINITY };

export const selectionDetails = `Name is a command, a folder such as reports/, or a pattern such as 'Sync*' ('**' also matches slashes). If you give
several names or tags, a command has to match any one of them.`;

/** The words and tags with which the user selected commands. */
export interface Selection {
  words: readonly string[];
  tags?: readonly string[] | undefined;
}

/** Whether the user selected nothing in particular, which selects all commands. */
export function isWhole({ words, tags = [] }: Selection): boolean {
  return words.length === 0 && tags.length === 0;
}

type Selectable = Pick<CommandFacts, "name" | "tags">;

/**
 * The selected commands in list order; all of them if the user selected nothing. Throws a LajuError if none matches.
 */
export function selectCommands<T extends Selectable>(
  commands: readonly T[],
  { words, tags = [] }: Selection,
): T[] {
  for (const tag of tags) checkTag(tag, commands);
  const named = new Set(words.flatMap((word) => matching(word, commands)));
  const chosen = commands.filter((command) => words.length === 0 || named.has(command));
  const fitting = chosen.filter((command) => tags.length === 0 || tags.some((tag) => hasTag(command, tag)));
  if (fitting.length === 0 && tags.length > 0) throw untagged(words, tags, chosen);
  return fitting;
}

/** Whether a command was selected by its own name rather than by a folder, pattern or tag. */
export function isNamed({ name }: Pick<CommandFacts, "name">, { words }: Selection): boolean {
  return words.some((word) => !isPattern(word) && foldedName(plainWord(word)) === foldedName(name));
}

function matching<T extends Selectable>(word: string, commands: readonly T[]): T[] {
  if (isPattern(word)) return matchingPattern(word, commands);
  const plain = plainWord(word);
  if (plain === "" || plain.endsWith("/")) return inFolder(plain, commands);
  const isCommand = commands.some(({ name }) => foldedName(name) === foldedName(plain));
  const within = isCommand ? [] : below(`${plain}/`, commands);
  if (within.length > 0) return within;
  const hint = isCommand ? undefined : otherHint(plain, commands);
  if (hint !== undefined) throw usageError(`there is no command "${word}"`, hint);
  return [findCommand(word, commands)];
}

/** The hint for a name that no command has, but a folder or tag does. */
function otherHint(word: string, commands: readonly Selectable[]): string | undefined {
  if (commands.some((command) => hasTag(command, word))) return `It is a tag: --tag ${word}`;
  const isNear = (names: string[]) => closest(word, names) !== undefined;
  if (isNear(commands.map(({ name }) => name))) return undefined;
  const folder = closest(`${word}/`, foldersOf(commands));
  if (folder !== undefined) return `Did you mean ${folder}?`;
  const tag = closest(word, tagsOf(commands));
  return tag === undefined ? undefined : `Did you mean --tag ${tag}?`;
}

/** Turns a path, as shell completion inserts it, into a name: commands/reports/Monthly.ts becomes reports/Monthly. */
function plainWord(word: string): string {
  return word.replace(/^(?:\.\/)?commands(?:\/|$)/, "").replace(/\.[jt]s$/, "");
}

function below<T extends Selectable>(folder: string, commands: readonly T[]): T[] {
  return commands.filter(({ name }) => foldedName(name).startsWith(foldedName(folder)));
}

function inFolder<T extends Selectable>(folder: string, commands: readonly T[]): T[] {
  const found = below(folder, commands);
  if (found.length > 0) return found;
  throw usageError(`there are no commands in ${folder}`, didYouMean(folder, foldersOf(commands), "folders"));
}

/** All folders that contain commands. A command "a/b/C" is in "a/b/" and in "a/". */
function foldersOf(commands: readonly Selectable[]): string[] {
  const folders = commands.flatMap(({ name }) =>
    [...name.matchAll(/\//g)].map(({ index }) => name.slice(0, index + 1)),
  );
  return [...new Set(folders)];
}

function matchingPattern<T extends Selectable>(word: string, commands: readonly T[]): T[] {
  const pattern = namePattern(plainWord(word));
  const found = commands.filter(({ name }) => pattern.test(foldedName(name)));
  if (found.length > 0) return found;
  const near = nearPattern(word, commands);
  const hint = near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "node laju list shows the commands.";
  throw usageError(`no command matches ${word}`, hint);
}

/**
 * Up to three commands whose names contain something similar to the pattern's longest literal part (at the start, if
 * the pattern starts with that part).
 */
function nearPattern(word: string, commands: readonly Selectable[]): string[] {
  const stem = longest(plainWord(word).split(/[*?[\]{}]/));
  if (stem === "") return [];
  const isAtStart = word.startsWith(stem);
  const parts = commands.flatMap(({ name }) => {
    const compared = stem.includes("/") ? name : name.replace(/^.*\//, "");
    const all = isAtStart ? [compared.slice(0, stem.length)] : partsOf(compared, stem.length);
    return all.map((part) => ({ name, part }));
  });
  const near = closest(
    stem,
    parts.map(({ part }) => part),
  );
  const names = parts.filter(({ part }) => part === near).map(({ name }) => name);
  return [...new Set(names)].slice(0, 3);
}

/** All substrings of the text that have this length. */
function partsOf(text: string, length: number): string[] {
  return Array.from({ length: Math.max(1, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
}

function longest(texts: readonly string[]): string {
  return texts.reduce((best, text) => (text.length > best.length ? text : best), "");
}

function hasTag({ tags }: Selectable, tag: string): boolean {
  return tags.includes(tag);
}

function tagsOf(commands: readonly Selectable[]): string[] {
  return [...new Set(commands.flatMap(({ tags }) => tags))].sort();
}

function checkTag(tag: string, commands: readonly Selectable[]): void {
  const tags = tagsOf(commands);
  if (!tags.includes(tag)) throw usageError(`no command has the tag "${tag}"`, didYouMean(tag, tags, "tags"));
}

function untagged(
  words: readonly string[],
  tags: readonly string[],
  chosen: readonly Selectable[],
): LajuError {
  const which = tags.map((tag) => `"${tag}"`).join(" or ");
  const theirs = tagsOf(chosen);
  const hint =
    theirs.length === 0
      ? "These commands have no tags."
      : `The tags of these commands: ${theirs.join(", ")}.`;
  return usageError(`none of ${words.join(", ")} has the tag ${which}`, hint);
}

const maxListed = 12;

function didYouMean(word: string, known: readonly string[], kind: string): string {
  const near = closest(word, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  if (known.length === 0) return `There are no ${kind}.`;
  const more = known.length > maxListed ? ", …" : "";
  return `The ${kind} are ${known.slice(0, maxListed).join(", ")}${more}.`;
}

function usageError(message: string, hint: string): LajuError {
  return new LajuError(message, { code: "E_SELECTION", exitStatus: 2, hint });
}
