/** Words that mean themselves to any shell and to cron. */
const plainWord = /^[\w/.,:@+-]+$/;

/**
 * One shell word that comes through both cron's own reading of the line and the shell as it was. Debian's
 * cron turns `\\` into `\` and cronie does not, so two backslashes never stand side by side: `''` parts them,
 * and parts a backslash from a `%`, which `cronEscape` writes as `\%`.
 */
export function shellQuote(text: string): string {
  if (plainWord.test(text)) return text;
  const inside = text.replaceAll("'", `'"'"'`).replaceAll(/\\(?=[\\%])/g, "\\''");
  return `'${inside}'`;
}

/** The whole command as cron wants it: an unescaped `%` would end it and make the rest its input. */
export function cronEscape(command: string): string {
  return command.replaceAll("%", "\\%");
}
