import { createRequire } from "node:module";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Packages that check for a color terminal when loaded. The check loads tty, net and process.stderr with its streams,
 * in 4 to 8 ms (Node itself starts in 20). Under cron the output is a file, so neither the check nor the colors are
 * needed.
 */
const standIns: Record<string, (real: string) => string> = {
  /** Debug output of knex and ioredis: silent unless DEBUG is set. */
  debug: (real) => `
const create = (namespace) => Object.assign(() => {}, { namespace, enabled: false, extend: create });
const silent = Object.assign(create, { enable() {}, disable: () => "", enabled: () => false, formatters: {} });
module.exports = process.env.DEBUG ? ${real} : Object.assign(silent, { default: silent });`,
  /** Colors for knex's warnings, loaded when one is printed. */
  colorette: (real) => `module.exports = new Proxy({}, { get: (_, key) => ${real}[key] });`,
};

/** Loads these packages on demand. */
export const rarelyUsed: Plugin = {
  name: "rarely-used",
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${Object.keys(standIns).join("|")})$`);
    onResolve({ filter }, ({ path, resolveDir }) => ({
      path: createRequire(join(resolveDir, "importer.js")).resolve(path),
      namespace: `rarely-used`,
      pluginData: path,
    }));
    onLoad({ filter: /.*/, namespace: "rarely-used" }, ({ path, pluginData }) => ({
      // Require it by file, because this plugin intercepts the name.
      contents: standIns[pluginData]?.(`require(${JSON.stringify(path)})`),
      loader: "js",
      resolveDir: join(path, ".."),
    }));
  },
};
