import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceCommand } from "../catalog/commandSources";
import { commandFacts } from "../metadata/manifest";
import { readSource } from "../metadata/source/readSource";
import type { BuildContext } from "./bundle/buildContext";
import { type Attempt, attempt, bundle } from "./bundle/bundle";
import { asFound, fromRoot } from "./bundle/lajuFiles";
import { externalPackages, staysOutside } from "./bundle/packagePlugins";
import { entriesPlugin, entryOf } from "./entries";

const folder = "framework/programs";

/** The programs that applications written for Laju expect in build/, by relative path. */
const programs = ["backup", "restore", "clean-backup"];

/**
 * Compiles framework/programs/*.ts to build/*.js. The sources are not in commands/, because the app may have its own
 * command that starts one of these programs.
 */
export async function bundlePrograms(context: BuildContext): Promise<Attempt> {
  const lajus = { ...context, root: context.home };
  if (!existsSync(join(lajus.root, folder))) return { outputs: [], inputs: [], problems: [] };
  const made = await attempt(folder, () => {
    const commands = programs.map((name) => readProgram(name, lajus.root));
    const entries = commands.map((command, at) => ({ in: entryOf(command), out: programs[at] as string }));
    const plugins = [entriesPlugin(lajus, commands), externalPackages(staysOutside)];
    return bundle(entries, { ...lajus, format: "cjs", plugins });
  });
  return fromRoot(made, context);
}

/** The program in the form of a command. Its name ends in .js, because no command's name can. */
function readProgram(name: string, home: string): SourceCommand {
  const [file = ""] = asFound([`${folder}/${name}.ts`], home);
  const text = readFileSync(join(home, file), "utf8");
  const source = readSource(text, file, name);
  if (source === undefined) throw new Error(`${file} declares no command`);
  const { form, meta, ...facts } = source;
  return { ...commandFacts(`${name}.js`, form, meta), ...facts, file, text };
}
