/** Whether a program is there, by its path. */
export type IsThere = (path: string) => boolean;

/** Shells that understand the lines laju writes. */
const posixShells = ["sh", "dash", "ash", "bash", "ksh", "ksh93", "mksh", "yash", "zsh"];

/**
 * A SHELL line reaches every entry below it, other people's as well: a foreign `SHELL=/usr/sbin/nologin`, or a shell that
 * is not there, would silently keep ours from starting. Then, and only then, the block sets its own and restores the
 * foreign one.
 */
export function posixShellAround(above: string, body: string, isThere: IsThere): string {
  const line = lastShellLine(above);
  const shell = line === undefined ? undefined : shellIn(line);
  if (line === undefined || shell === undefined || (isPosix(shell) && isThere(shell))) return body;
  return `SHELL=/bin/sh\n${body}${line}\n`;
}

function lastShellLine(table: string): string | undefined {
  return table.split("\n").findLast((line) => shellIn(line) !== undefined);
}

/** cron's own reading: blanks around name and value don't count, and either may be quoted. */
function shellIn(line: string): string | undefined {
  const value = /^[ \t]*(["']?)SHELL\1[ \t]*=[ \t]*(.*?)[ \t\r]*$/s.exec(line)?.[2];
  return value === undefined ? undefined : (/^(["'])(.*)\1$/s.exec(value)?.[2] ?? value);
}

function isPosix(shell: string): boolean {
  return shell.startsWith("/") && posixShells.includes(shell.slice(shell.lastIndexOf("/") + 1));
}
