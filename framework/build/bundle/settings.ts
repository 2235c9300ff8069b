import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BuildOptions, BuildResult } from "esbuild";
import { doors, lajuImports } from "./doors";
import { importMetaName, importMetaPlugin } from "./importMeta";
import { sqliteAtRuntime } from "./packagePlugins";
import type { BundleOptions } from "./place";

/** What esbuild gives with these settings. */
export type Result = BuildResult<{ write: false; metafile: true }>;

/** What every bundle of the app's own code is made with. */
export function settings(options: Pick<BundleOptions, "root" | "home" | "build" | "format" | "plugins">) {
  const { root, home, build: outdir, format, plugins } = options;
  return {
    absWorkingDir: root,
    // tsx goes by this one alone, too.
    ...(existsSync(join(root, "tsconfig.json")) && { tsconfig: join(root, "tsconfig.json") }),
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
    plugins: [sqliteAtRuntime, lajuImports(root), doors(root), ...plugins, importMetaPlugin({ root, home })],
  } satisfies BuildOptions;
}

const globHelper = /^(var __glob = \(map\) => \(path\) => \{\n {2}var fn = map\[path\])(?=;)/m;

/** esbuild knows the files of import(`./steps/${name}`) by their whole names; tsx finds them without their endings too. */
export function withEndings(text: string): string {
  return text.replace(globHelper, '$1 || map[path + ".ts"] || map[path + "/index.ts"]');
}

/** Takes out the lines that say which of laju's files follows: empty, they keep the line numbers, and cost nothing to read. */
export function withoutLabels(text: string): string {
  return text.replace(/^\/\/ (?:[^\s"]*\/)?framework\/[\w/.-]+$/gm, "");
}

const helper = /\bvar (?:[^;]*,)?__toESM ?=/;
const nodeDefault = /isNodeMode ?\|\| ?!mod ?\|\| ?!mod\.__esModule ?\?/;

/**
 * esbuild takes what `require` gives as the default import, as Node does for CommonJS. A package that is an ES
 * module can be required as well (Node 20.19 and later), and then has a default of its own.
 */
export function withModuleDefaults(text: string): string {
  if (!helper.test(text)) return text;
  if (!nodeDefault.test(text)) throw new Error("esbuild's __toESM is another than this build knows");
  return text.replace(nodeDefault, "!lajuIsModule(mod) && (isNodeMode || !mod || !mod.__esModule) ?");
}
