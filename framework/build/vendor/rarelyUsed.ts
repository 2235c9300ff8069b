import { createRequire } from "node:module";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Packages that, when loaded, check for a terminal with colors. The check loads tty, net and the streams of
 * process.stderr, in 4 to 8 ms (Node itself starts in 20). Under cron the output is a file, so there are no colors to
 * check for.
 */
const standIns: Record<string, (real: string) => string> = {
  /**
   * Replaces the package `debug`, with which knex and ioredis print debug output. It prints nothing unless DEBUG is
   * set.
   */
  debug: (real) => `
const create = (namespace) => Object.assign(() => {}, { namespace, enabled: false, extend: create });
const silent = Object.assign(create, { enable() {}, disable: () => "", enabled: () => false, formatters: {} });
module.exports = process.env.DEBUG ? ${real} : Object.assign(silent, { default: silent });`,
  /** Replaces the colors of knex's warnings. The real package is loaded when a warning is printed. */
  colorette: (real) => `module.exports = new Proxy({}, { get: (_, key) => ${real}[key] });`,
};

/** Replaces these packages with ones that load the real package only when it is needed. */
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
      // Require the real package by its file, because this plugin intercepts its name.
      contents: standIns[pluginData]?.(`require(${JSON.stringify(path)})`),
      loader: "js",
      resolveDir: join(path, ".."),
    }));
  },
};
