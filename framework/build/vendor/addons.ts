import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import type { Plugin } from "esbuild";

/** A package's native addon: the file on this machine, and its name in build/vendor. */
export interface Addon {
  source: string;
  output: string;
}

/**
 * The packages that contain an addon, with its file; undefined for a package that doesn't work on this machine or Node.
 */
export const addons: Record<string, (home: string) => Addon | undefined> = {
  "better-sqlite3": (home) => sqliteAddon("better-sqlite3", home),
  "better-sqlite3-node20": (home) => sqliteAddon("better-sqlite3-node20", home),
  "fs-native-extensions": lockAddon,
};

/**
 * The addon of better-sqlite3: version 13 ships one for every Node; version 12 compiles one for the Node that installs
 * it.
 */
function sqliteAddon(name: string, home: string): Addon | undefined {
  const isNode20 = Number.parseInt(process.versions.node, 10) < 22;
  const isCompiled = name === "better-sqlite3-node20";
  if (isCompiled !== isNode20) return undefined;
  const require = createRequire(join(home, "package.json"));
  const folder = packageFolder(require.resolve(name));
  const source = isCompiled
    ? join(folder, "build", "Release", "better_sqlite3.node")
    : require(join(folder, "lib", "binding.js")).getPrebuildPath();
  if (source === null || !existsSync(source)) return undefined;
  const kind = isCompiled
    ? `node-${process.versions.modules}-${process.platform}-${process.arch}`
    : basename(source, ".node");
  return { source, output: `${name}-${kind}.node` };
}

/** The addon of fs-native-extensions, which ships one for common platforms, but not for musl. */
function lockAddon(home: string): Addon | undefined {
  const name = "fs-native-extensions";
  const folder = packageFolder(createRequire(join(home, "package.json")).resolve(name));
  const host = `${process.platform}-${process.arch}`;
  const source = join(folder, "prebuilds", host, `${name}.node`);
  const { glibcVersionRuntime } = (process.report.getReport() as { header: Record<string, unknown> }).header;
  if (!existsSync(source) || (process.platform === "linux" && !glibcVersionRuntime)) return undefined;
  return { source, output: `${name}-${host}.node` };
}

/**
 * The folder of the package that contains a file. Its name can differ from the package's: pnpm stores a package
 * installed under an alias under its real name.
 */
function packageFolder(file: string): string {
  const folder = dirname(file);
  return existsSync(join(folder, "package.json")) || folder === dirname(folder)
    ? folder
    : packageFolder(folder);
}

/** Makes the bundled package load its addon from the folder of the bundle. */
export function addonPlugin(addon: string): Plugin {
  return {
    name: "addon",
    setup({ onResolve, onLoad }) {
      const resolved = { path: "addon", namespace: "addon" };
      onResolve({ filter: /^bindings$/ }, () => resolved);
      onResolve({ filter: /^\.\.?\/binding(\.js)?$/ }, () => resolved);
      onLoad({ filter: /.*/, namespace: "addon" }, () => ({ contents: loader(addon), loader: "js" }));
    },
  };
}

/**
 * Each package loads its addon differently: better-sqlite3 12 calls a function, 13 calls getBinding(), and
 * fs-native-extensions uses the addon itself.
 */
function loader(addon: string): string {
  const file = `__dirname + ${JSON.stringify(`/${addon}`)}`;
  if (addon.startsWith("fs-native-extensions")) return `module.exports = require(${file});`;
  return `
let loaded;
const load = (own) => {
  if (typeof own === "object" && own !== null) return own;
  if (typeof own === "string") return require(own);
  return (loaded ??= require(${file}));
};
module.exports = () => load();
module.exports.getBinding = load;`;
}
