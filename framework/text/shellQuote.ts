/** Matches a word that contains no special character of any shell or cron. */
const plainWord = /^[\w/.,:@+-]+$/;

/**
 * Quotes a word so that it survives both cron's parsing of the line and the shell. Debian's cron turns `\\` into `\` and
 * cronie does not, so `''` separates adjacent backslashes. It also separates a backslash from a `%`, which `cronEscape`
 * writes as `\%`.
 */
export function shellQuote(text: string): string {
  if (plainWord.test(text)) return text;
  const inside = text.replaceAll("'", `'"'"'`).replaceAll(/\\(?=[\\%])/g, "\\''");
  return `'${inside}'`;
}

/**
 * Quotes a word for a line that any cron can read. Some crons pass `\%` on to the shell unchanged, so this puts a `%`
 * outside the quotes, where the shell too reads `\%` as `%`.
 */
export function neutralQuote(text: string): string {
  const parts = text.split("%").map((part) => (part === "" ? "" : shellQuote(part)));
  return text === "" ? "''" : parts.join("%");
}

/** Escapes a whole command for cron: an unescaped `%` ends the command, and the rest becomes its stdin. */
export function cronEscape(command: string): string {
  return command.replaceAll("%", "\\%");
}
