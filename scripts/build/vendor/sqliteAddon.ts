import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import type { Plugin } from "esbuild";

/**
 * The addon of a better-sqlite3 package on this machine: version 13 ships one for every Node, version 12
 * compiles one for the Node that installed it. Undefined where this Node cannot use the package.
 */
export function sqliteAddon(name: string, root: string): { source: string; output: string } | undefined {
  const isNode20 = Number.parseInt(process.versions.node, 10) < 22;
  const isCompiled = name === "better-sqlite3-node20";
  if (isCompiled !== isNode20) return undefined;
  const require = createRequire(join(root, "package.json"));
  const folder = packageFolder(require.resolve(name), name);
  const source = isCompiled
    ? join(folder, "build", "Release", "better_sqlite3.node")
    : require(join(folder, "lib", "binding.js")).getPrebuildPath();
  if (source === null || !existsSync(source)) return undefined;
  const kind = isCompiled
    ? `node-${process.versions.modules}-${process.platform}-${process.arch}`
    : basename(source, ".node");
  return { source, output: `${name}-${kind}.node` };
}

function packageFolder(file: string, name: string): string {
  let folder = dirname(file);
  while (basename(folder) !== name) folder = dirname(folder);
  return folder;
}

/** Makes the bundled package load that addon, from beside the bundle. */
export function addonPlugin(addon: string): Plugin {
  return {
    name: "sqlite-addon",
    setup({ onResolve, onLoad }) {
      const place = { path: "addon", namespace: "sqlite-addon" };
      onResolve({ filter: /^bindings$/ }, () => place);
      onResolve({ filter: /^\.\.?\/binding(\.js)?$/ }, () => place);
      onLoad({ filter: /.*/, namespace: "sqlite-addon" }, () => ({ contents: loader(addon), loader: "js" }));
    },
  };
}

/** Version 12 calls the module itself, version 13 its getBinding(). */
function loader(addon: string): string {
  return `
let loaded;
const load = (own) => {
  if (typeof own === "object" && own !== null) return own;
  if (typeof own === "string") return require(own);
  return (loaded ??= require(__dirname + ${JSON.stringify(`/${addon}`)}));
};
module.exports = () => load();
module.exports.getBinding = load;`;
}
