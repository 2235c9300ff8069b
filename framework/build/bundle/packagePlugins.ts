import type { Plugin } from "esbuild";
import { asked } from "./appImports";

/** Resolves the root alias `app/services/X`, which would otherwise look like a package. */
export function appAlias(root: string): Plugin {
  return {
    name: "app-alias",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^app\// }, ({ path, kind }) => resolve(`./${path}`, { resolveDir: root, kind }));
    },
  };
}

/** Leaves packages outside the bundle: all of them, or those that `isExternal` names. */
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

/** Whoever reads a schedule needs this one, and it is small: inside, it is a file less to find. */
export function staysOutside(name: string): boolean {
  return name !== "fastest-levenshtein";
}

/**
 * Lets the app's own code ask for better-sqlite3 when it runs, through the hook of framework/config/sqliteOnNode20.ts. An ES
 * module's `import` of it would come before the hook.
 */
export const sqliteAtRuntime: Plugin = {
  name: "sqlite-at-runtime",
  setup({ onResolve, onLoad }) {
    // No source of the app, and so nothing that can change after the build: see `isSource`.
    const place = { path: "better-sqlite3", namespace: "laju-better-sqlite3" };
    onResolve({ filter: /^better-sqlite3$/ }, ({ namespace, kind }) =>
      namespace === place.namespace || kind === "require-resolve"
        ? { path: place.path, external: true }
        : place,
    );
    onLoad({ filter: /.*/, namespace: place.namespace }, () => ({
      contents: 'module.exports = require("better-sqlite3");',
      loader: "js",
    }));
  },
};
