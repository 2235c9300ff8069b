/** The parts of a crontab line that laju wrote. */
export interface EntryParts {
  /** The working directory. */
  build: string;
  node: string;
  /** "commands/SendDailyDigest.js" or "laju.js". */
  file: string;
  log: string;
}

/** Parses a line written by crontabLine; undefined for any other. */
export function entryParts(line: string): EntryParts | undefined {
  const words = shellWords(line.replaceAll("\\%", "%"));
  const file = words.findIndex((word) => /^(commands\/.+|laju)\.js$/.test(word));
  const build = words.lastIndexOf("cd", file) + 1;
  const log = words.indexOf(">>", file) + 1;
  if (file < 2 || build === 0 || log === 0) return undefined;
  const [folder, node, program, target] = [words[build], words[file - 1], words[file], words[log]];
  if (folder === undefined || node === undefined || program === undefined || target === undefined)
    return undefined;
  return { build: folder, node, file: program, log: target };
}

/** Caches the last block, because several callers need its entries. */
let last: { body: string; entries: readonly EntryParts[] } | undefined;

/** The entries of a block's lines, given as bytes (latin1). */
export function entriesIn(body: string): readonly EntryParts[] {
  if (last?.body !== body) last = { body, entries: readEntries(body) };
  return last.entries;
}

function readEntries(body: string): EntryParts[] {
  const lines = Buffer.from(body, "latin1").toString().split("\n");
  return lines.filter((line) => !line.startsWith("#")).flatMap((line) => entryParts(line) ?? []);
}

/**
 * Splits a shell line into words and removes the quotes. Supports only what laju writes: single and double quotes, and
 * backslashes outside of them. Expands nothing.
 */
function shellWords(line: string): string[] {
  if (!/['"\\]/.test(line)) return line.split(/\s+/).filter((word) => word !== "");
  const words: string[] = [];
  const parts = /\s+|'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\]+)|(.)/gs;
  let word: string | undefined;
  for (const [part, single, double, escaped, plain, lone] of line.matchAll(parts)) {
    if (/^\s/.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + (single ?? double ?? escaped ?? plain ?? lone);
  }
  return word === undefined ? words : [...words, word];
}
