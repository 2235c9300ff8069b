import type { Plugin } from "esbuild";
import { asked } from "./appImports";

/** Resolves the alias `app/services/X`. Otherwise esbuild would look for a package named `app`. */
export function appAlias(root: string): Plugin {
  return {
    name: "app-alias",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^app\// }, ({ path, kind }) => resolve(`./${path}`, { resolveDir: root, kind }));
    },
  };
}

/** Leaves packages out of the bundle, to be loaded at run time: all of them, or those that `isExternal` selects. */
export function externalPackages(isExternal: (name: string) => boolean): Plugin {
  return {
    name: "external-packages",
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind, pluginData }) =>
        pluginData !== asked && kind !== "entry-point" && !/^(laju[-/]|data:)/.test(path) && isExternal(path)
          ? { path, external: true }
          : undefined,
      );
    },
  };
}

/**
 * Whether a package is left out of bundles. fastest-levenshtein is included, because it is small and all code that
 * parses schedules needs it.
 */
export function staysOutside(name: string): boolean {
  return name !== "fastest-levenshtein";
}

/**
 * Makes the app's code `require` better-sqlite3 at run time, so that the hook in framework/config/sqliteOnNode20.ts
 * applies. An `import` in an ES module would load it before the hook is installed.
 */
export const sqliteAtRuntime: Plugin = {
  name: "sqlite-at-runtime",
  setup({ onResolve, onLoad }) {
    // The colon keeps the name from counting as one of the app's files (see `isSource`).
    const resolved = { path: "better-sqlite3", namespace: "laju-better-sqlite3" };
    onResolve({ filter: /^better-sqlite3$/ }, ({ namespace, kind }) =>
      namespace === resolved.namespace || kind === "require-resolve"
        ? { path: resolved.path, external: true }
        : resolved,
    );
    onLoad({ filter: /.*/, namespace: resolved.namespace }, () => ({
      contents: 'module.exports = require("better-sqlite3");',
      loader: "js",
    }));
  },
};
