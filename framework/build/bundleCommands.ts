import type { SourceCommand } from "../catalog/commandSources";
import { appImports, needsModule } from "./bundle/appImports";
import type { BuildContext } from "./bundle/buildContext";
import { type Attempt, attempt, type Bundled, bundle, isMessageList } from "./bundle/bundle";
import { esmStarter } from "./bundle/heads";
import { appAlias, externalPackages, staysOutside } from "./bundle/packagePlugins";
import { entriesPlugin, entryOf, waitsAtTop } from "./entries";
import { jobsPlugin } from "./jobs";

/**
 * Compiles all commands in one go, which is fastest. If one of them has an error, compiles each of them separately, so
 * that the others are still built.
 */
export async function bundleCommands(commands: SourceCommand[], context: BuildContext): Promise<Attempt> {
  const plain = commands.filter((command) => !waitsAtTop(command));
  const waiting = commands.filter(waitsAtTop);
  const parts = [
    await bundlePlain(plain, context),
    await each(waiting, (command) => bundleModule(command, context)),
  ];
  return joined(parts);
}

async function bundlePlain(commands: SourceCommand[], context: BuildContext): Promise<Attempt> {
  if (commands.length === 0) return joined([]);
  try {
    return { ...(await compile(commands, "cjs", context)), problems: [] };
  } catch (error) {
    if (!isMessageList(error)) throw error;
    return each(commands, (command) => bundleAlone(command, context));
  }
}

async function bundleAlone(command: SourceCommand, context: BuildContext): Promise<Bundled> {
  try {
    return await compile([command], "cjs", context);
  } catch (error) {
    // The command may import a module that uses top-level await, or one that only ES modules can import.
    if (isMessageList(error) && error.errors.every(({ text }) => needsModule(text))) {
      return bundleModule(command, context);
    }
    throw error;
  }
}

/** Compiles a command with top-level await to an ES module, and adds the small CommonJS file that starts it. */
async function bundleModule(command: SourceCommand, context: BuildContext): Promise<Bundled> {
  const bundled = await compile([command], "esm", context);
  const output = { path: `commands/${command.name}.js`, contents: Buffer.from(esmStarter(command.name)) };
  return { ...bundled, outputs: [...bundled.outputs, output] };
}

function compile(commands: SourceCommand[], format: "cjs" | "esm", context: BuildContext): Promise<Bundled> {
  const entries = commands.map((command) => ({ in: entryOf(command), out: `commands/${command.name}` }));
  const plugins = [
    entriesPlugin(context, commands),
    jobsPlugin(context.root),
    appAlias(context.root),
    appImports(context.root, format),
    externalPackages(staysOutside),
  ];
  return bundle(entries, { ...context, format, plugins });
}

async function each(
  commands: SourceCommand[],
  compileOne: (command: SourceCommand) => Promise<Bundled>,
): Promise<Attempt> {
  return joined(await Promise.all(commands.map((one) => attempt(one.file, () => compileOne(one)))));
}

function joined(parts: Attempt[]): Attempt {
  return {
    outputs: parts.flatMap(({ outputs }) => outputs),
    inputs: [...new Set(parts.flatMap(({ inputs }) => inputs))],
    problems: parts.flatMap(({ problems }) => problems),
  };
}
