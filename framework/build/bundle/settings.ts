import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BuildOptions, BuildResult } from "esbuild";
import type { BundleOptions } from "./buildContext";
import { importMetaName, importMetaPlugin } from "./importMeta";
import { lajuImports, reexports } from "./lajuImports";
import { sqliteAtRuntime } from "./packagePlugins";

/** The result of esbuild with the settings below. */
export type Result = BuildResult<{ write: false; metafile: true }>;

/** The settings for all bundles of the app's code. */
export function settings(options: Pick<BundleOptions, "root" | "home" | "build" | "format" | "plugins">) {
  const { root, home, build: outdir, format, plugins } = options;
  return {
    absWorkingDir: root,
    // Use only the tsconfig in the root, as tsx does.
    ...(existsSync(join(root, "tsconfig.json")) && { tsconfig: join(root, "tsconfig.json") }),
    outdir,
    format,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20.19",
    sourcemap: "linked",
    // Leave sources out of the source maps, which only need positions. Including them would double the size of the
    // build.
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

/** Makes import(`./steps/${name}`) find files without extension, as tsx does. esbuild matches only full file names. */
export function withEndings(text: string): string {
  return text.replace(globHelper, '$1 || map[path + ".ts"] || map[path + "/index.ts"]');
}

/**
 * Empties esbuild's comment lines that name the file whose code follows. The lines stay, so that line numbers don't
 * change.
 */
export function withoutLabels(text: string): string {
  return text.replace(/^\/\/ (?:[^\s"]*\/)?framework\/[\w/.-]+$/gm, "");
}

const helper = /\bvar (?:[^;]*,)?__toESM ?=/;
const nodeDefault = /isNodeMode ?\|\| ?!mod ?\|\| ?!mod\.__esModule ?\?/;

/**
 * Gives a default import of an ES module its default export. esbuild assumes that `require` returns a CommonJS module,
 * and would use the whole module, but since Node 20.19 `require` also loads ES modules.
 */
export function withModuleDefaults(text: string): string {
  if (!helper.test(text)) return text;
  if (!nodeDefault.test(text)) throw new Error("esbuild's __toESM has changed; this build must be adapted");
  return text.replace(nodeDefault, "!lajuIsModule(mod) && (isNodeMode || !mod || !mod.__esModule) ?");
}
