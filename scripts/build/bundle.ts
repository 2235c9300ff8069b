import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  type BuildOptions,
  type BuildResult,
  build,
  type Message,
  type Metafile,
  type Plugin,
} from "esbuild";
import type { CommandProblem } from "../../app/schedule/manifest";
import { withGivenImport } from "./dynamicImports";
import { importMetaName, importMetaPlugin } from "./importMeta";
import type { Shared } from "./shared/bundleShared";
import { sharedPlugin } from "./shared/sharedPlugin";
import { withLazyImports } from "./vendor/lazyBuiltins";

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

/** The app, its build folder, and what is in build/vendor: file names by the packages they hold. */
export interface BuildFolder {
  root: string;
  build: string;
  vendor: Record<string, string>;
}

/** The same, and what is in build/shared. */
export interface Place extends BuildFolder {
  shared: Shared;
}

export interface BundleOptions extends Place {
  format: "cjs" | "esm";
  plugins: Plugin[];
}

/**
 * Bundles entries, each into one file with the app's own code inside, npm's packages outside, and what all share
 * taken from build/shared.
 */
export async function bundle(entries: Entry[], options: BundleOptions): Promise<Bundled> {
  const { root, shared, format } = options;
  const plugins = [...options.plugins, sharedPlugin(root, shared.modules)];
  const banner = { js: headOf(options) };
  const result = await build({ ...settings({ ...options, format, plugins }), banner, entryPoints: entries });
  return { outputs: outputsOf(result, options), inputs: sourcesIn(result) };
}

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
  const plugins = [appAlias(root), externalPackages((name) => name !== "fastest-levenshtein")];
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
  return { ...functionOf(result), modules };
}

/** Bundles a program, with npm's packages outside, and what all share taken from build/shared. */
export async function bundleProgram(entry: Entry, options: BundleOptions): Promise<BundledFunction> {
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
  return { code, map, modules: sourcesIn(result) };
}

/** The small file that starts a program made by `bundleProgram`: `path` is where that is, from the build folder. */
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

function runtimeText(root: string, file: string): string {
  return readFileSync(join(root, "scripts", "build", "runtime", file), "utf8");
}

function sourcesIn({ metafile }: { metafile: Metafile }): string[] {
  return Object.keys(metafile.inputs).filter(isSource);
}

function isSource(file: string): boolean {
  return !/^(laju[\w-]*:|<)|(^|\/)node_modules\//.test(file);
}

type Result = BuildResult<{ write: false; metafile: true }>;

function settings(options: Pick<BundleOptions, "root" | "build" | "format" | "plugins">) {
  const { root, build: outdir, format, plugins } = options;
  return {
    absWorkingDir: root,
    outdir,
    format,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20.19",
    sourcemap: "linked",
    // Only lines are asked of the maps; the sources themselves would make half of the build.
    sourcesContent: false,
    charset: "ascii",
    logLevel: "silent",
    outExtension: { ".js": format === "esm" ? ".mjs" : ".js" },
    define: { "import.meta": importMetaName, LAJU_BUILT: "true" },
    plugins: [...plugins, importMetaPlugin(root)],
  } satisfies BuildOptions;
}

/** What stands before the bundle: where it is, whether it is the program, and runtime/head.js. */
function headOf({ root, format, shared }: BundleOptions): string {
  const start = format === "esm" ? esmStart : cjsStart;
  return `${sharedName(shared)}\n${start}\n${runtimeText(root, "head.js")}`;
}

function sharedName({ file }: Shared): string {
  return `const lajuSharedFile = "${file}";`;
}

// Not require("node:module"): that loads the whole of its public part, 2 ms at each start.
const cjsStart = `const lajuNode = typeof module.constructor._load === "function" ? module.constructor : require("node:module");
const lajuMain = require.main === module;
const lajuFolder = __dirname;`;

const esmStart = `import lajuNode from "node:module";
const require = lajuNode.createRequire(import.meta.url);
const lajuMain = globalThis[Symbol.for("laju.main")] === true;
const lajuFolder = require("node:path").dirname(require("node:url").fileURLToPath(import.meta.url));`;

/** An ES module cannot be started as `node X.js` in a CommonJS folder: this one line can. */
export const esmStarter = (file: string) =>
  `globalThis[Symbol.for("laju.main")] = require.main === module; module.exports = import(${JSON.stringify(file)});\n`;

function outputsOf(result: Result, { root, build }: BuildFolder): Output[] {
  return result.outputFiles.map(({ path, text, contents }) => {
    if (!/\.m?js$/.test(path)) return { path: relative(build, path), contents };
    const { entryPoint = "" } = result.metafile.outputs[relative(root, path)] ?? {};
    const inputs = [...importedBy(entryPoint, result.metafile)].filter(isSource).sort();
    return { path: relative(build, path), contents: Buffer.from(withModuleDefaults(text)), inputs };
  });
}

/** An entry and all that it imports, also what left nothing in the output. */
function importedBy(entry: string, { inputs }: Metafile, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const { path } of inputs[entry]?.imports ?? []) importedBy(path, { inputs, outputs: {} }, found);
  return found;
}

const helper = /^var __toESM = [\s\S]*?^\)\);$/m;
const nodeDefault = /isNodeMode \|\| !mod \|\| !mod\.__esModule \?/;

/**
 * esbuild takes what `require` gives as the default import, as Node does for CommonJS. A package that is an ES
 * module can be required as well (Node 20.19 and later), and then has a default of its own.
 */
function withModuleDefaults(text: string): string {
  return text.replace(helper, (code) => {
    if (!nodeDefault.test(code)) throw new Error("esbuild's __toESM is another than this build knows");
    return code.replace(nodeDefault, "!lajuIsModule(mod) && (isNodeMode || !mod || !mod.__esModule) ?");
  });
}

/** Resolves the root alias `app/services/X`, which would otherwise look like a package. */
export function appAlias(root: string): Plugin {
  return {
    name: "app-alias",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^app\// }, ({ path, kind }) => resolve(`./${path}`, { resolveDir: root, kind }));
    },
  };
}

/** Leaves packages outside the bundle: all of them, or those that `isExternal` names. */
export function externalPackages(isExternal: (name: string) => boolean): Plugin {
  return {
    name: "external-packages",
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
        kind !== "entry-point" && !path.startsWith("laju-") && isExternal(path)
          ? { path, external: true }
          : undefined,
      );
    },
  };
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
