/** A value of a unit file that means itself: `%` would begin a specifier. */
export function literal(text: string): string {
  const value = text.replaceAll("%", "%%");
  // A backslash at the end would join the next line to this one; the blank after it is dropped.
  return value.endsWith("\\") ? `${value} ` : value;
}

/** Words for ExecStart, which has quotes and variables of its own but no shell. */
export function commandLine(words: readonly string[]): string {
  return words.map(word).join(" ");
}

/** One of a list of paths, which has quotes too, and no variables. */
export function pathWord(text: string): string {
  return quotedWord(text.replaceAll("%", "%%"));
}

function word(text: string): string {
  return quotedWord(text.replaceAll("%", "%%").replaceAll("$", "$$$$"));
}

function quotedWord(escaped: string): string {
  if (/^[\w/.,:@+%$-]+$/.test(escaped)) return escaped;
  return `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
