import type { SourceCommand } from "../catalog/commandSources";
import { appImports, needsModule } from "./bundle/appImports";
import type { BuildContext } from "./bundle/buildContext";
import { type Attempt, attempt, type Bundled, bundle, isMessageList } from "./bundle/bundle";
import { esmStarter } from "./bundle/heads";
import { appAlias, externalPackages, staysOutside } from "./bundle/packagePlugins";
import { entriesPlugin, entryOf, waitsAtTop } from "./entries";
import { jobsPlugin } from "./jobs";

/**
 * Compiles all commands at once, which is fastest. If one fails, compiles each separately, so that the others still
 * build.
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
    // A module that the command imports may also use top-level await, or only be importable by ES modules.
    if (isMessageList(error) && error.errors.every(({ text }) => needsModule(text))) {
      return bundleModule(command, context);
    }
    throw error;
  }
}

/** Top-level await requires an ES module, which is started by a small CommonJS file. */
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
