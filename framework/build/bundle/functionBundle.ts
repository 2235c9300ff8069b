import { join } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { withLazyExports } from "../shared/lazyExports";
import { moduleName } from "../shared/modulePlugin";
import { withLazyImports } from "../vendor/lazyBuiltins";
import { withGivenImport } from "./dynamicImports";
import { headOf } from "./heads";
import type { BuildFolder, BundleOptions } from "./place";
import { type Result, settings, withModuleDefaults } from "./settings";

/** A bundle as `lajuLoad` in runtime/head.js calls it, and its source map. */
export interface BundledFunction {
  code: string;
  map: string;
}

/** The app's own files that these are made of, and which of them imports which. */
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
  /** Stands before the modules. */
  head: string;
  /** Names that this bundle is given, beside what each is. */
  given?: readonly string[];
  /** The module that runs when the bundle is loaded, for a program. */
  program?: string;
  /** Whether modules, and Node's own, are evaluated when they are first asked for: for bundles of which few are. */
  isLazy?: boolean;
}

/** Bundles modules into one file that puts each, by its path from the root, into `lajuModules`. */
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
  const change = isLazy ? withLazyImports : withLazyExports;
  return functionOf(result, { change, given });
}

function moduleSettings(options: ModuleOptions) {
  return settings({ ...options, format: "cjs" });
}

/** The small file that starts a program, which is `file` (without ending) in a folder of build/. */
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
