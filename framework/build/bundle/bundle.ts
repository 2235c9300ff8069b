import { relative } from "node:path";
import { build, type Message, type Metafile } from "esbuild";
import type { CommandProblem } from "../../metadata/manifest";
import { sharedPlugin } from "../shared/sharedPlugin";
import { headOf } from "./heads";
import type { BuildFolder, BundleOptions } from "./place";
import { type Result, settings, withEndings, withModuleDefaults, withoutLabels } from "./settings";

/** What came of bundling something that may have errors in it. */
export interface Attempt extends Bundled {
  problems: CommandProblem[];
}

/** Bundles, or says what is wrong with which file; then there is no output, and an earlier one stays. */
export async function attempt(file: string, bundling: () => Promise<Bundled>): Promise<Attempt> {
  try {
    return { ...(await bundling()), problems: [] };
  } catch (error) {
    if (!isMessageList(error)) throw error;
    const message = error.errors.map(describeMessage).join("\n");
    return { outputs: [], inputs: [], problems: [{ file, message }] };
  }
}

/** One file that the build makes. */
export interface Output {
  /** From the build folder: "commands/X.js". */
  path: string;
  contents: Uint8Array;
  /** The app's files that it was made from, by path from the root; absent where something else says so. */
  inputs?: string[];
}

/** What came of bundling some entries. */
export interface Bundled {
  outputs: Output[];
  /** The files read, from the app's root. */
  inputs: string[];
}

export interface Entry {
  /** What esbuild resolves: a file, or a name that a plugin knows. */
  in: string;
  /** The output's path from the build folder, without extension. */
  out: string;
}

/**
 * Bundles entries, each into one file with the app's own code inside, npm's packages outside, and what all share
 * taken from build/shared.
 */
export async function bundle(entries: Entry[], options: BundleOptions): Promise<Bundled> {
  const { home, shared, format } = options;
  const plugins = [...options.plugins, sharedPlugin(home, shared.modules)];
  const banner = { js: headOf(options) };
  const result = await build({ ...settings({ ...options, format, plugins }), banner, entryPoints: entries });
  refuseEmptyPatterns(result);
  return { outputs: outputsOf(result, options), inputs: sourcesIn(result) };
}

/** import(`./steps/${name}.js`) where no file fits would fail whatever the name is. */
function refuseEmptyPatterns({ warnings }: Result): void {
  const errors = warnings.filter(({ id }) => id === "empty-glob");
  if (errors.length > 0) throw Object.assign(new Error("An import fits no file"), { errors });
}

/** The app's own files in a bundle, from the app's root. */
export function sourcesIn({ metafile }: { metafile: Metafile }): string[] {
  return Object.keys(metafile.inputs).filter(isSource);
}

export function isSource(file: string): boolean {
  return !/^(laju[\w-]*:|<)|(^|\/)node_modules\//.test(file);
}

function outputsOf(result: Result, { root, build }: Pick<BuildFolder, "root" | "build">): Output[] {
  return result.outputFiles.map(({ path, text, contents }) => {
    if (!/\.m?js$/.test(path)) return { path: relative(build, path), contents };
    const { entryPoint = "" } = result.metafile.outputs[relative(root, path)] ?? {};
    const inputs = [...importedBy(entryPoint, result.metafile)].filter(isSource).sort();
    return {
      path: relative(build, path),
      contents: Buffer.from(withoutLabels(withEndings(withModuleDefaults(text)))),
      inputs,
    };
  });
}

/** An entry and all that it imports, also what left nothing in the output; what is `found` already is not followed. */
export function importedBy(
  entry: string,
  { inputs }: Pick<Metafile, "inputs">,
  found = new Set<string>(),
): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const { path, external } of inputs[entry]?.imports ?? []) {
    if (!external) importedBy(path, { inputs }, found);
  }
  return found;
}

/** An esbuild message as laju shows it: file:line:column and what is wrong. What `jobs` says has its own place. */
export function describeMessage({ location, text, pluginName }: Message): string {
  return location && pluginName !== "jobs"
    ? `${location.file}:${location.line}:${location.column + 1}  ${text}`
    : text;
}

export function isMessageList(error: unknown): error is { errors: Message[] } {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
