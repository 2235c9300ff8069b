import { type CommandForm, type CommandMeta, type ResolvedMeta, resolveMeta } from "./commandMeta";

/** One command as lists, the crontab and `run` see it: from its source, or from the build's manifest. */
export interface CommandFacts extends ResolvedMeta {
  /** Its path under commands/ without extension: "SendDailyDigest", "reports/Monthly". */
  name: string;
  form: CommandForm;
  /** The source, from the app's root: "commands/SendDailyDigest.ts". */
  file: string;
}

/** `build/commands.json`: everything that production needs to know of the commands without their sources. */
export interface Manifest {
  version: 1;
  commands: CommandFacts[];
  /** The names of the handlers in app/jobs. */
  jobs: string[];
  /** Files that the last build could not use; their commands keep what an earlier build made of them. */
  problems: CommandProblem[];
  /** What the build read, by path from the root, with a hash of each: tells whether it is still current. */
  inputs: Record<string, string>;
}

export interface CommandProblem {
  file: string;
  message: string;
}

export function commandFacts(name: string, form: CommandForm, meta: CommandMeta): CommandFacts {
  return { name, form, file: `commands/${name}.ts`, ...resolveMeta(meta) };
}

type Listed = Pick<CommandFacts, "name" | "priority">;

/** Lists are ordered by priority, the highest first, then by name. */
export function byPriority(a: Listed, b: Listed): number {
  return b.priority - a.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
