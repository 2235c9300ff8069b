/** Whether a file exists. */
export type Exists = (path: string) => boolean;

/** Shells that understand the lines laju writes. */
const posixShells = ["sh", "dash", "ash", "bash", "ksh", "ksh93", "mksh", "yash", "zsh"];

/**
 * A SHELL line applies to every entry below it, including ours. `SHELL=/usr/sbin/nologin`, or a shell that does not
 * exist, would silently keep our entries from starting. In that case, the block sets its own shell and restores the
 * original at the end.
 */
export function posixShellAround(above: string, body: string, exists: Exists): string {
  const line = lastShellLine(above);
  const shell = line === undefined ? undefined : shellIn(line);
  if (line === undefined || shell === undefined || (isPosix(shell) && exists(shell))) return body;
  return `SHELL=/bin/sh\n${body}${line}\n`;
}

function lastShellLine(table: string): string | undefined {
  return table.split("\n").findLast((line) => shellIn(line) !== undefined);
}

/** Parses a line as cron does: spaces around name and value don't count, and either may be quoted. */
function shellIn(line: string): string | undefined {
  const value = /^[ \t]*(["']?)SHELL\1[ \t]*=[ \t]*(.*?)[ \t\r]*$/s.exec(line)?.[2];
  return value === undefined ? undefined : (/^(["'])(.*)\1$/s.exec(value)?.[2] ?? value);
}

function isPosix(shell: string): boolean {
  return shell.startsWith("/") && posixShells.includes(shell.slice(shell.lastIndexOf("/") + 1));
}
