import { createRequire } from "node:module";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/**
 * The package `debug`, in which knex and ioredis talk about themselves, asks at its loading whether there is a
 * terminal with colours: that makes process.stderr with its streams, 4 ms. It is loaded where DEBUG is set, and says
 * nothing elsewhere, as it would not either.
 */
export const quietDebug: Plugin = {
  name: "quiet-debug",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^debug$/ }, ({ resolveDir }) => ({
      path: createRequire(join(resolveDir, "importer.js")).resolve("debug"),
      namespace: "quiet-debug",
    }));
    onLoad({ filter: /.*/, namespace: "quiet-debug" }, ({ path }) => ({
      contents: quiet(path),
      loader: "js",
      resolveDir: join(path, ".."),
    }));
  },
};

function quiet(file: string): string {
  return `const create = (namespace) => Object.assign(() => {}, { namespace, enabled: false, extend: create });
const silent = Object.assign(create, { enable() {}, disable: () => "", enabled: () => false, formatters: {} });
module.exports = process.env.DEBUG ? require(${JSON.stringify(file)}) : Object.assign(silent, { default: silent });`;
}
