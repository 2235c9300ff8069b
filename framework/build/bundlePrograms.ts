import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceCommand } from "../catalog/commandSources";
import { commandFacts } from "../metadata/manifest";
import { readSource } from "../metadata/source/readSource";
import { type Attempt, attempt, bundle } from "./bundle/bundle";
import { appAlias, externalPackages, staysOutside } from "./bundle/packagePlugins";
import type { Place } from "./bundle/place";
import { entriesPlugin, entryOf } from "./entries";

const folder = "framework/programs";

/** Scripts written for Laju start these in build/, by their relative path. */
const programs = ["backup", "restore", "clean-backup"];

/**
 * Compiles framework/programs/*.ts to build/*.js. They do their work themselves: what commands/ holds is the user's, who
 * may have a command that starts one of them.
 */
export async function bundlePrograms(place: Place): Promise<Attempt> {
  if (!existsSync(join(place.root, folder))) return { outputs: [], inputs: [], problems: [] };
  return attempt(folder, () => {
    const commands = programs.map((name) => readProgram(name, place.root));
    const entries = commands.map((command, at) => ({ in: entryOf(command), out: programs[at] as string }));
    const plugins = [
      entriesPlugin(place.root, commands),
      appAlias(place.root),
      externalPackages(staysOutside),
    ];
    return bundle(entries, { ...place, format: "cjs", plugins });
  });
}

/** Its runs have a name that no command can have: one that starts it does not start itself. */
function readProgram(name: string, root: string): SourceCommand {
  const file = `${folder}/${name}.ts`;
  const text = readFileSync(join(root, file), "utf8");
  const source = readSource(text, file, name);
  if (source === undefined) throw new Error(`${file} declares no command`);
  const { form, meta, ...facts } = source;
  return { ...commandFacts(`${name}.js`, form, meta), ...facts, file, text };
}
