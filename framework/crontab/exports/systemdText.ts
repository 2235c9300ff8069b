/** A literal value for a unit file, where an unescaped `%` begins a specifier. */
export function literal(text: string): string {
  const value = text.replaceAll("%", "%%");
  // A trailing backslash would continue the line. systemd drops the added space when it reads the value.
  return value.endsWith("\\") ? `${value} ` : value;
}

/** Words for ExecStart, which supports quotes and variables but is not a shell. */
export function commandLine(words: readonly string[]): string {
  return words.map(word).join(" ");
}

/** A word in a list of paths, which supports quotes but not variables. */
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
