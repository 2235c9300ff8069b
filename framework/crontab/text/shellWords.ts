/**
 * The words of a shell line without their quotes, as far as laju writes such lines: single and double quotes, and a
 * backslash outside of them. Nothing is expanded.
 */
export function shellWords(line: string): string[] {
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
