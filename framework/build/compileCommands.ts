import { commandNames, factsOnly, readSources, type SourceCommand } from "../catalog/commandSources";
import type { CommandFacts, CommandProblem, Manifest } from "../metadata/manifest";
import type { BuildCache } from "./buildCache";
import type { BuildContext } from "./bundle/buildContext";
import type { Attempt, Output } from "./bundle/bundle";
import { bundleCommands } from "./bundleCommands";

/** The result of compiling commands, some of which may have been up to date already. */
export interface CompiledCommands extends Attempt {
  /** The commands that the build now contains in their current version. */
  built: CommandFacts[];
  /** The commands whose metadata is invalid or could not be read, and why. */
  unread: CommandProblem[];
  /** Warnings about helper modules in commands/ whose names look like those of commands. */
  helpers: CommandProblem[];
  /** The names of newly compiled commands that tsx cannot start, because they import nothing from laju. */
  alone: string[];
}

/** Reads and compiles commands. Doesn't even parse a command that is up to date (see BuildCache). */
export async function compileCommands(
  context: BuildContext,
  cache: BuildCache,
  previous: Manifest | undefined,
  names = commandNames(),
): Promise<CompiledCommands> {
  const { file: sharedFile } = context.shared;
  const known = knownCommands(names, previous).flatMap((facts) => {
    const inputs = cache.currentInputs(partOf(facts), sharedFile);
    return inputs === undefined ? [] : [{ facts, inputs }];
  });
  const isKnown = new Set(known.map(({ facts }) => facts.name));
  const sources = readSources(names.filter((name) => !isKnown.has(name)));
  const compiled = await bundleCommands(sources.commands, context);
  const bad = new Set(compiled.problems.map(({ file }) => file));
  const good = sources.commands.filter(({ file }) => !bad.has(file));
  for (const command of good) cache.keep(partOf(command), sharedFile, madeOf(command, compiled.outputs));
  return {
    ...compiled,
    helpers: sources.helpers,
    alone: good.filter(({ isAlone }) => isAlone).map(({ name }) => name),
    built: [...known.map(({ facts }) => facts), ...good.map(factsOnly)],
    unread: sources.problems,
    inputs: [...new Set([...known.flatMap(({ inputs }) => inputs), ...compiled.inputs])],
  };
}

/** What the last build recorded about these commands, if it had no problem with them. */
function knownCommands(names: readonly string[], previous: Manifest | undefined): CommandFacts[] {
  if (previous === undefined) return [];
  const wanted = new Set(names);
  const bad = new Set(previous.problems.map(({ file }) => file));
  return previous.commands.filter(({ name, file }) => wanted.has(name) && !bad.has(file));
}

function partOf({ name }: CommandFacts): string {
  return `commands/${name}`;
}

function madeOf(command: SourceCommand, outputs: readonly Output[]) {
  const paths = ["js", "mjs", "js.map", "mjs.map"].map((ending) => `${partOf(command)}.${ending}`);
  const own = outputs.filter(({ path }) => paths.includes(path));
  return { outputs: own, inputs: own.flatMap(({ inputs = [] }) => inputs) };
}
