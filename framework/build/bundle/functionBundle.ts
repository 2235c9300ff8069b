import { join } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { withLazyExports, withLazyRequires } from "../shared/lazyExports";
import { moduleName } from "../shared/modulePlugin";
import { withLazyImports } from "../vendor/lazyBuiltins";
import type { BuildFolder, BundleOptions } from "./buildContext";
import { withGivenImport } from "./dynamicImports";
import { headOf } from "./heads";
import { type Result, settings, withModuleDefaults } from "./settings";

/** A bundle as a function that `lajuLoad` in runtime/head.js calls, and its source map. */
export interface BundledFunction {
  code: string;
  map: string;
}

/** These files and everything they import, as esbuild lists them. */
export async function importsOf(
  files: readonly string[],
  options: ModuleOptions,
): Promise<Metafile["inputs"]> {
  const entryPoints = files.map((file) => join(options.root, file));
  const { metafile } = await build({ ...moduleSettings(options), sourcemap: false, entryPoints });
  return metafile.inputs;
}

export interface ModuleOptions extends BuildFolder {
  plugins: Plugin[];
}

interface BundleOfModulesOptions extends ModuleOptions {
  /** Code that comes before the modules in the bundle. */
  head: string;
  /** The names of additional parameters of the bundle's function. */
  given?: readonly string[];
  /** For a program: the module that runs when the bundle is loaded. */
  program?: string;
  /**
   * Whether to evaluate modules and load built-ins only when they are used, for bundles of which a run uses a small
   * part.
   */
  isLazy?: boolean;
}

/** Bundles modules into one file, which adds each of them to `lajuModules` by its path relative to the root. */
export async function bundleModules(
  modules: readonly string[],
  options: BundleOfModulesOptions,
): Promise<BundledFunction> {
  const { root, head, given, program, isLazy = false } = options;
  const pathOf = (file: string) => JSON.stringify(join(root, file));
  const contents = [
    program === undefined ? "" : `export * from ${pathOf(program)};`,
    ...modules.map((file, at) =>
      isLazy ? `const m${at} = () => require(${pathOf(file)});` : `import * as m${at} from ${pathOf(file)};`,
    ),
    `Object.assign(lajuModules, { ${modules.map((file, at) => `${JSON.stringify(moduleName(file))}: m${at}`).join(", ")} });`,
  ];
  const result = await build({
    ...moduleSettings(options),
    ...small,
    banner: { js: head },
    stdin: { contents: contents.join("\n"), resolveDir: root },
    outfile: join(options.build, "shared", "bundle.js"),
    outdir: undefined,
  });
  const change = isLazy ? (code: string) => withLazyImports(withLazyRequires(code)) : withLazyExports;
  return functionOf(result, { change, given });
}

function moduleSettings(options: ModuleOptions) {
  return settings({ ...options, format: "cjs" });
}

/** The small file that starts a program. It loads the bundle `file` (without extension) from a folder of build/. */
export function programStarter(options: BundleOptions, folder: string, file: string): string {
  return `const lajuProgramFile = "${file}";\n${headOf(options)}\nlajuLoad(\`${folder}/\${lajuProgramFile}\`);\n`;
}

/**
 * Settings for a small bundle, because every start reads all of it. Names are not shortened, for readable stack traces.
 */
const small = {
  minifyWhitespace: true,
  minifySyntax: true,
  // Keep lines short, because Node prints the source line of an uncaught error.
  lineLimit: 160,
} satisfies BuildOptions;

interface FunctionOptions {
  change: (code: string) => string;
  /** The names of additional parameters. */
  given?: readonly string[];
}

function functionOf(result: Result, { change, given }: FunctionOptions) {
  const [map = "", code = ""] = result.outputFiles.map(({ text }) => text);
  return { code: asFunction(change(withModuleDefaults(code)), given), map };
}

/**
 * Wraps code in a function for `lajuLoad` in runtime/head.js. Adds no line before it, so that line numbers don't
 * change.
 */
export function asFunction(code: string, more: readonly string[] = []): string {
  const given = ["lajuBuild", "lajuLoad", "lajuNode", "lajuImport", ...more].join(", ");
  return `(function (exports, require, module, __filename, __dirname, ${given}) {${withGivenImport(code)}\n})`;
}
