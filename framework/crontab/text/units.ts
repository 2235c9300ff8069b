/**
 * A block's lines grouped by command: its comment and its entries. Lines without a command (someone's own, or SHELL) are
 * their own group.
 */
export type CrontabUnits = Map<string, string[]>;

export function unitsOf(body: string): CrontabUnits {
  const units: CrontabUnits = new Map();
  const add = (key: string, lines: string[]) => units.set(key, [...(units.get(key) ?? []), ...lines]);
  let comments: string[] = [];
  for (const line of body.split("\n").filter((text) => text !== "")) {
    if (line.startsWith("#")) comments.push(line);
    else {
      add(commandIn(line) ?? line, [...comments, line]);
      comments = [];
    }
  }
  for (const comment of comments) add(comment, [comment]);
  return units;
}

/** Whether a unit is one of laju's commands, including the monitor, and not a single line. */
export function isCommand(key: string): boolean {
  return /^(commands\/\S+|laju)\.js$/.test(key);
}

/** The wanted lines for the named commands, and the existing lines for all others. */
export function withOnly(present: string, wanted: string, files: readonly string[]): string {
  const there = unitsOf(present);
  const chosen = unitsOf(wanted);
  const lines = [...chosen].flatMap(([key, unit]) => (files.includes(key) ? unit : (there.get(key) ?? [])));
  const others = [...there].filter(([key]) => isCommand(key) && !chosen.has(key) && !files.includes(key));
  return [...lines, ...others.flatMap(([, unit]) => unit)].map((line) => `${line}\n`).join("");
}

function commandIn(line: string): string | undefined {
  return /[ '](commands\/\S+?\.js)'? >> /.exec(line)?.[1] ?? / (laju\.js) monitor >> /.exec(line)?.[1];
}
