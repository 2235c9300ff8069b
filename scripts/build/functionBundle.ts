import { join } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { appImports } from "./appImports";
import { type BuildFolder, type BundleOptions, type Entry, sourcesIn } from "./bundle";
import { withGivenImport } from "./dynamicImports";
import { headOf, runtimeText, sharedName } from "./heads";
import { appAlias, externalPackages, staysOutside } from "./packagePlugins";
import { type Result, settings, withModuleDefaults } from "./settings";
import { withLazyExports } from "./shared/lazyExports";
import { sharedPlugin } from "./shared/sharedPlugin";
import { withLazyImports } from "./vendor/lazyBuiltins";

/** A bundle as `lajuLoad` in runtime/head.js calls it, and its source map. */
export interface BundledFunction {
  code: string;
  map: string;
  /** The app's own files in it, from the app's root. */
  modules: string[];
}

/** The app's own files that these are made of, from its root. */
export async function modulesOf(
  files: readonly string[],
  place: BuildFolder,
  plugin: Plugin,
): Promise<string[]> {
  const entryPoints = files.map((file) => join(place.root, file));
  return sourcesIn(await build({ ...moduleSettings(place, plugin), entryPoints })).sort();
}

interface ModuleBundleOptions {
  plugin: Plugin;
  /** Stands before the modules. */
  head: string;
  /** Names that this bundle is given, beside what each is. */
  given?: readonly string[];
}

/** Bundles modules into one file that puts each into `lajuModules`. */
export async function bundleModules(
  modules: readonly string[],
  place: BuildFolder,
  { plugin, head, given }: ModuleBundleOptions,
): Promise<Pick<BundledFunction, "code" | "map">> {
  const imports = modules.map(
    (file, at) => `import * as m${at} from ${JSON.stringify(join(place.root, file))};`,
  );
  const names = modules.map((file, at) => `${JSON.stringify(file)}: m${at}`);
  const result = await build({
    ...moduleSettings(place, plugin),
    ...small,
    banner: { js: head },
    stdin: {
      contents: `${imports.join("\n")}\nObject.assign(lajuModules, { ${names.join(", ")} });`,
      resolveDir: place.root,
    },
    outfile: join(place.build, "shared", "shared.js"),
    outdir: undefined,
  });
  return functionOf(result, { change: withLazyExports, given });
}

function moduleSettings(place: BuildFolder, plugin: Plugin) {
  const { root } = place;
  const plugins = [appAlias(root), appImports(root, "cjs"), externalPackages(staysOutside), plugin];
  return settings({ ...place, format: "cjs", plugins });
}

/** A bundle that is a program, and which of its files imports which. */
export interface BundledProgram extends BundledFunction {
  imports: Metafile["inputs"];
}

/** Bundles a program, with npm's packages outside, and what all share taken from build/shared. */
export async function bundleProgram(entry: Entry, options: BundleOptions): Promise<BundledProgram> {
  const { root, shared } = options;
  const plugins = [...options.plugins, sharedPlugin(root, shared.modules)];
  const banner = { js: `${sharedName(shared)}\n${runtimeText(root, "program.js")}` };
  const result = await build({
    ...settings({ ...options, plugins }),
    ...small,
    banner,
    entryPoints: [entry],
  });
  const { code, map } = functionOf(result, { change: withLazyImports });
  return { code, map, modules: sourcesIn(result), imports: result.metafile.inputs };
}

/** The small file that starts a program made by `bundleProgram`, which is `file` (without ending) in a folder of build/. */
export function programStarter(options: BundleOptions, folder: string, file: string): string {
  return `const lajuProgramFile = "${file}";\n${headOf(options)}\nlajuLoad(\`${folder}/\${lajuProgramFile}\`);\n`;
}

/** Every byte is read at each start. Names stay as they are: stack traces show them. */
const small = {
  minifyWhitespace: true,
  minifySyntax: true,
  // Node prints the line on which an uncaught error was thrown.
  lineLimit: 160,
} satisfies BuildOptions;

interface FunctionOptions {
  change: (code: string) => string;
  /** What this bundle is given beside what each is. */
  given?: readonly string[];
}

function functionOf(result: Result, { change, given }: FunctionOptions) {
  const [map = "", code = ""] = result.outputFiles.map(({ text }) => text);
  return { code: asFunction(change(withModuleDefaults(code)), given), map };
}

/**
 * As `lajuLoad` in runtime/head.js calls a bundle. What comes before it stands on its first line, so that no line
 * number changes.
 */
export function asFunction(code: string, more: readonly string[] = []): string {
  const given = ["lajuBuild", "lajuLoad", "lajuNode", "lajuImport", ...more].join(", ");
  return `(function (exports, require, module, __filename, __dirname, ${given}) {${withGivenImport(code)}\n})`;
}
