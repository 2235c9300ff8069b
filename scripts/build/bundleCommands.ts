import type { SourceCommand } from "../../app/console/commandSources";
import type { CommandProblem } from "../../app/schedule/manifest";
import {
  appAlias,
  type Bundled,
  bundle,
  describeMessage,
  esmStarter,
  externalPackages,
  isMessageList,
  type Output,
  type Place,
} from "./bundle";
import { entriesPlugin, entryOf } from "./entries";

export interface CompiledCommands {
  outputs: Output[];
  inputs: string[];
  problems: CommandProblem[];
}

/** Compiles commands. All at once is fastest; where one fails, each for itself, so that the others still build. */
export async function bundleCommands(commands: SourceCommand[], place: Place): Promise<CompiledCommands> {
  const plain = commands.filter((command) => !command.hasTopLevelAwait);
  const waiting = commands.filter((command) => command.hasTopLevelAwait);
  const parts = [
    await bundlePlain(plain, place),
    await each(waiting, (command) => bundleModule(command, place)),
  ];
  return joined(parts);
}

async function bundlePlain(commands: SourceCommand[], place: Place): Promise<CompiledCommands> {
  if (commands.length === 0) return joined([]);
  try {
    return { ...(await compile(commands, "cjs", place)), problems: [] };
  } catch (error) {
    if (!isMessageList(error)) throw error;
    return each(commands, (command) => bundleAlone(command, place));
  }
}

async function bundleAlone(command: SourceCommand, place: Place): Promise<Bundled> {
  try {
    return await compile([command], "cjs", place);
  } catch (error) {
    // A module that the command imports may await at its top level as well.
    if (isMessageList(error) && error.errors.every(({ text }) => text.startsWith("Top-level await"))) {
      return bundleModule(command, place);
    }
    throw error;
  }
}

/** Top-level await needs an ES module, which a line of CommonJS starts. */
async function bundleModule(command: SourceCommand, place: Place): Promise<Bundled> {
  const bundled = await compile([command], "esm", place);
  const starter = esmStarter(`./${command.name.split("/").at(-1)}.mjs`);
  const output = { path: `commands/${command.name}.js`, contents: Buffer.from(starter) };
  return { ...bundled, outputs: [...bundled.outputs, output] };
}

function compile(commands: SourceCommand[], format: "cjs" | "esm", place: Place): Promise<Bundled> {
  const entries = commands.map((command) => ({ in: entryOf(command), out: `commands/${command.name}` }));
  const plugins = [entriesPlugin(place.root, commands), appAlias(place.root), externalPackages(() => true)];
  return bundle(entries, { ...place, format, plugins });
}

async function each(
  commands: SourceCommand[],
  compileOne: (command: SourceCommand) => Promise<Bundled>,
): Promise<CompiledCommands> {
  const parts = commands.map(async (command) => {
    try {
      return { ...(await compileOne(command)), problems: [] };
    } catch (error) {
      if (!isMessageList(error)) throw error;
      const message = error.errors.map(describeMessage).join("\n");
      return { outputs: [], inputs: [], problems: [{ file: command.file, message }] };
    }
  });
  return joined(await Promise.all(parts));
}

function joined(parts: CompiledCommands[]): CompiledCommands {
  return {
    outputs: parts.flatMap(({ outputs }) => outputs),
    inputs: [...new Set(parts.flatMap(({ inputs }) => inputs))],
    problems: parts.flatMap(({ problems }) => problems),
  };
}
