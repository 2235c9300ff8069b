import { relative } from "node:path";
import { build, type Message, type Metafile } from "esbuild";
import type { CommandProblem } from "../../metadata/manifest";
import { sharedPlugin } from "../shared/sharedPlugin";
import type { BuildFolder, BundleOptions } from "./buildContext";
import { headOf } from "./heads";
import { type Result, settings, withEndings, withModuleDefaults, withoutLabels } from "./settings";

/** The result of a bundling that may have failed: files, or problems. */
export interface Attempt extends Bundled {
  problems: CommandProblem[];
}

/**
 * Calls `bundling`. If it fails, returns the problems and no output, so that the output of an earlier build is kept.
 */
export async function attempt(file: string, bundling: () => Promise<Bundled>): Promise<Attempt> {
  try {
    return { ...(await bundling()), problems: [] };
  } catch (error) {
    if (!isMessageList(error)) throw error;
    const message = error.errors.map(describeMessage).join("\n");
    return { outputs: [], inputs: [], problems: [{ file, message }] };
  }
}

/** A file created by the build. */
export interface Output {
  /** The file's path relative to the build folder: "commands/X.js". */
  path: string;
  contents: Uint8Array;
  /** The app's files from which this output was made, relative to the root; absent if `Bundled.inputs` lists them. */
  inputs?: string[];
}

/** The files that bundling produced, and those that it read. */
export interface Bundled {
  outputs: Output[];
  /** The files that were read, relative to the app's root. */
  inputs: string[];
}

export interface Entry {
  /** The entry's source: a file, or a name that a plugin resolves. */
  in: string;
  /** The output's path relative to the build folder, without extension. */
  out: string;
}

/**
 * Bundles each entry into one file. The file includes the app's code; npm packages and shared modules are loaded at run
 * time.
 */
export async function bundle(entries: Entry[], options: BundleOptions): Promise<Bundled> {
  const { home, shared, format } = options;
  const plugins = [...options.plugins, sharedPlugin(home, shared.modules)];
  const banner = { js: headOf(options) };
  const result = await build({ ...settings({ ...options, format, plugins }), banner, entryPoints: entries });
  refuseEmptyPatterns(result);
  return { outputs: outputsOf(result, options), inputs: sourcesIn(result) };
}

/**
 * Throws if a dynamic import such as import(`./steps/${name}.js`) matches no file, since it would fail for every name.
 */
function refuseEmptyPatterns({ warnings }: Result): void {
  const errors = warnings.filter(({ id }) => id === "empty-glob");
  if (errors.length > 0) throw Object.assign(new Error("An import matches no file"), { errors });
}

/** The app's own files in a bundle, relative to the app's root. */
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

/**
 * Collects the entry's file and everything it imports, even modules that leave no code in the output. `found` are the
 * files collected so far.
 */
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

/** Formats an esbuild message as file:line:column and text. Messages about jobs already contain their position. */
export function describeMessage({ location, text, pluginName }: Message): string {
  return location && pluginName !== "jobs"
    ? `${location.file}:${location.line}:${location.column + 1}  ${text}`
    : text;
}

export function isMessageList(error: unknown): error is { errors: Message[] } {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
