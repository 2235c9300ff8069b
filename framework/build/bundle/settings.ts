import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BuildOptions, BuildResult } from "esbuild";
import type { BundleOptions } from "./buildContext";
import { importMetaName, importMetaPlugin } from "./importMeta";
import { lajuImports, reexports } from "./lajuImports";
import { sqliteAtRuntime } from "./packagePlugins";

/** esbuild's result with these settings. */
export type Result = BuildResult<{ write: false; metafile: true }>;

/** The settings for all bundles of the app's code. */
export function settings(options: Pick<BundleOptions, "root" | "home" | "build" | "format" | "plugins">) {
  const { root, home, build: outdir, format, plugins } = options;
  return {
    absWorkingDir: root,
    // tsx, too, reads only this tsconfig.
    ...(existsSync(join(root, "tsconfig.json")) && { tsconfig: join(root, "tsconfig.json") }),
    outdir,
    format,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20.19",
    sourcemap: "linked",
    // Source maps are used only for positions. Including the sources would double the size of the build.
    sourcesContent: false,
    charset: "ascii",
    logLevel: "silent",
    outExtension: { ".js": format === "esm" ? ".mjs" : ".js" },
    define: { "import.meta": importMetaName, LAJU_BUILT: "true" },
    plugins: [
      sqliteAtRuntime,
      lajuImports(root),
      reexports(root),
      ...plugins,
      importMetaPlugin({ root, home }),
    ],
  } satisfies BuildOptions;
}

const globHelper = /^(var __glob = \(map\) => \(path\) => \{\n {2}var fn = map\[path\])(?=;)/m;

/** For import(`./steps/${name}`), esbuild matches only full file names, but tsx also finds files without extension. */
export function withEndings(text: string): string {
  return text.replace(globHelper, '$1 || map[path + ".ts"] || map[path + "/index.ts"]');
}

/** Empties the comment lines that name the next file. The lines stay, so that line numbers don't change. */
export function withoutLabels(text: string): string {
  return text.replace(/^\/\/ (?:[^\s"]*\/)?framework\/[\w/.-]+$/gm, "");
}

const helper = /\bvar (?:[^;]*,)?__toESM ?=/;
const nodeDefault = /isNodeMode ?\|\| ?!mod ?\|\| ?!mod\.__esModule ?\?/;

/**
 * For a default import, esbuild uses the whole result of `require`, as Node does for CommonJS. Since Node 20.19, an ES
 * module can be required too, and has its own default export.
 */
export function withModuleDefaults(text: string): string {
  if (!helper.test(text)) return text;
  if (!nodeDefault.test(text)) throw new Error("esbuild's __toESM has changed; this build must be adapted");
  return text.replace(nodeDefault, "!lajuIsModule(mod) && (isNodeMode || !mod || !mod.__esModule) ?");
}
