/** Settings by name, each with the value that has no effect. */
export type NeutralSettings = Readonly<Record<string, string>>;

/**
 * Some crons apply settings such as cronie's `CRON_TZ` and `RANDOM_DELAY` to every entry below them, including ours. If
 * such a setting is above our block, the block first sets its neutral value, and restores the original value at the
 * end.
 */
export function neutralSettingsAround(above: string, body: string, neutral: NeutralSettings): string {
  const lines = above.split("\n");
  const foreign = Object.entries(neutral).flatMap(([name, value]) => {
    const line = lines.findLast((one) => valueIn(one, name) !== undefined);
    return line === undefined || valueIn(line, name) === value ? [] : [{ own: `${name}=${value}`, line }];
  });
  return [...foreign.map(({ own }) => `${own}\n`), body, ...foreign.map(({ line }) => `${line}\n`)].join("");
}

/** Parses a line as cron does: spaces around name and value don't count, and the value may be quoted. */
function valueIn(line: string, name: string): string | undefined {
  const match = /^[ \t]*(["']?)(\w+)\1[ \t]*=[ \t]*(.*?)[ \t\r]*$/s.exec(line);
  if (match?.[2] !== name) return undefined;
  return /^(["'])(.*)\1$/s.exec(match[3] ?? "")?.[2] ?? match[3];
}
