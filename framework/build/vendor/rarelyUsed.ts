import { createRequire } from "node:module";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Packages that ask at their loading whether there is a terminal with colours, which brings tty, net and process.stderr
 * with its streams: 4 to 8 ms of a bare start's 20. Both are for people who watch, and cron's output is a file.
 */
const standIns: Record<string, (real: string) => string> = {
  /** In which knex and ioredis talk about themselves: silent, as it would be, unless DEBUG is set. */
  debug: (real) => `
const create = (namespace) => Object.assign(() => {}, { namespace, enabled: false, extend: create });
const silent = Object.assign(create, { enable() {}, disable: () => "", enabled: () => false, formatters: {} });
module.exports = process.env.DEBUG ? ${real} : Object.assign(silent, { default: silent });`,
  /** Colours of knex's warnings: loaded when one is painted. */
  colorette: (real) => `module.exports = new Proxy({}, { get: (_, key) => ${real}[key] });`,
};

/** Loads these packages only when they are used. */
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
      // By its file, which is no name that this plugin looks for.
      contents: standIns[pluginData]?.(`require(${JSON.stringify(path)})`),
      loader: "js",
      resolveDir: join(path, ".."),
    }));
  },
};
