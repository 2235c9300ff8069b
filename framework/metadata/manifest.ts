import { type CommandForm, type CommandMeta, type ResolvedMeta, resolveMeta } from "./commandMeta";

/** What lists, the crontab and `run` need to know about a command. It comes from the source or the build's manifest. */
export interface CommandFacts extends ResolvedMeta {
  /** The path of the command's file under commands/ without extension: "SendDailyDigest", "reports/Monthly". */
  name: string;
  form: CommandForm;
  /** The source, relative to the app's root: "commands/SendDailyDigest.ts". */
  file: string;
}

/** `build/commands.json`: everything production needs to know about the commands without their sources. */
export interface Manifest {
  version: 1;
  commands: CommandFacts[];
  /** The names of the handlers in app/jobs. */
  jobs: string[];
  /** Files that the last build could not compile. Their commands keep the output of an earlier build. */
  problems: CommandProblem[];
  /**
   * A hash of every file that the build read, by path relative to the root, to tell whether the build is up to date.
   */
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

/** Compares two commands for lists: higher priorities first, then by name. */
export function byPriority(a: Listed, b: Listed): number {
  return b.priority - a.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
