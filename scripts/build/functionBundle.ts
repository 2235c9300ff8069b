import { join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
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

/** Bundles modules, and all that they import, into one file that gives each when it is asked for. */
export async function bundleSharedModules(entries: string[], place: BuildFolder): Promise<BundledFunction> {
  const { root } = place;
  const plugins = [appAlias(root), appImports(root, "cjs"), externalPackages(staysOutside)];
  const options = settings({ ...place, format: "cjs", plugins });
  const found = await build({ ...options, entryPoints: entries.map((file) => join(root, file)) });
  const modules = sourcesIn(found).sort();
  const imports = modules.map((file, at) => `import * as m${at} from ${JSON.stringify(join(root, file))};`);
  const names = modules.map((file, at) => `${JSON.stringify(file)}: m${at}`);
  const result = await build({
    ...options,
    ...small,
    banner: { js: sharedHead(place) },
    stdin: {
      contents: `${imports.join("\n")}\nObject.assign(lajuModules, { ${names.join(", ")} });`,
      resolveDir: root,
    },
    outfile: join(place.build, "shared", "shared.js"),
    outdir: undefined,
  });
  return { ...functionOf(result, withLazyExports), modules };
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
  const { code, map } = functionOf(result, withLazyImports);
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

function functionOf(result: Result, change = (code: string) => code) {
  const [map = "", code = ""] = result.outputFiles.map(({ text }) => text);
  return { code: asFunction(change(withModuleDefaults(code))), map };
}

/**
 * As `lajuLoad` in runtime/head.js calls a bundle. What comes before it stands on its first line, so that no line
 * number changes.
 */
export function asFunction(code: string): string {
  const given = "lajuBuild, lajuLoad, lajuNode, lajuImport";
  return `(function (exports, require, module, __filename, __dirname, ${given}) {${withGivenImport(code)}\n})`;
}

function sharedHead({ root, vendor }: BuildFolder): string {
  return `const lajuVendor = ${JSON.stringify(vendor)};\n${runtimeText(root, "shared.js")}`;
}
