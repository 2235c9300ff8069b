import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type BuildOptions, type BuildResult, build, type Message, type Plugin } from "esbuild";
import type { CommandProblem } from "../../app/schedule/manifest";
import { importMetaName, importMetaPlugin } from "./importMeta";

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
export interface Place {
  root: string;
  build: string;
  vendor: Record<string, string>;
}

export interface BundleOptions extends Place {
  format: "cjs" | "esm";
  plugins: Plugin[];
}

/** Bundles entries, each into one file with the app's own code inside and npm's packages outside. */
export async function bundle(entries: Entry[], options: BundleOptions): Promise<Bundled> {
  const result = await build({ ...settings(options), entryPoints: entries });
  return {
    outputs: outputsOf(result, options.build),
    inputs: Object.keys(result.metafile.inputs).filter(
      (file) => !/^laju(-jobs)?:|(^|\/)node_modules\//.test(file),
    ),
  };
}

function settings(options: BundleOptions) {
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
    banner: { js: headOf(options) },
    plugins: [...plugins, importMetaPlugin(root)],
  } satisfies BuildOptions;
}

/** What stands before the bundle: where it is, whether it is the program, and runtime/head.js. */
function headOf({ root, format, vendor }: BundleOptions): string {
  const head = readFileSync(join(root, "scripts", "build", "runtime", "head.js"), "utf8");
  return `${format === "esm" ? esmStart : cjsStart}\nconst lajuVendor = ${JSON.stringify(vendor)};\n${head}`;
}

const cjsStart = `const lajuMain = require.main === module;
const lajuFolder = __dirname;`;

const esmStart = `import { createRequire as lajuRequire } from "node:module";
const require = lajuRequire(import.meta.url);
const lajuMain = globalThis[Symbol.for("laju.main")] === true;
const lajuFolder = require("node:path").dirname(require("node:url").fileURLToPath(import.meta.url));`;

/** An ES module cannot be started as `node X.js` in a CommonJS folder: this one line can. */
export const esmStarter = (file: string) =>
  `globalThis[Symbol.for("laju.main")] = require.main === module; module.exports = import(${JSON.stringify(file)});\n`;

function outputsOf(result: BuildResult<{ write: false }>, build: string): Output[] {
  return result.outputFiles.map(({ path, text, contents }) => ({
    path: relative(build, path),
    contents: /\.m?js$/.test(path) ? Buffer.from(withModuleDefaults(text)) : contents,
  }));
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
function describeMessage({ location, text, pluginName }: Message): string {
  return location && pluginName !== "jobs"
    ? `${location.file}:${location.line}:${location.column + 1}  ${text}`
    : text;
}

export function isMessageList(error: unknown): error is { errors: Message[] } {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
