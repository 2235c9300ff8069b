/**
 * A block's lines grouped by command: each command's comment and entries. Any other line (a setting, or one that a user
 * added) forms its own group.
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

/** Whether a group belongs to a command (including laju's monitor) rather than to a single other line. */
export function isCommand(key: string): boolean {
  return /^(commands\/\S+|laju)\.js$/.test(key);
}

/** The block's lines after updating only the named commands: their lines from `wanted`, all others from `present`. */
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
