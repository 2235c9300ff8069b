import type { Plugin } from "esbuild";
import { asked } from "./appImports";

/** Resolves the alias `app/services/X`, which would otherwise be taken for a package. */
export function appAlias(root: string): Plugin {
  return {
    name: "app-alias",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^app\// }, ({ path, kind }) => resolve(`./${path}`, { resolveDir: root, kind }));
    },
  };
}

/** Keeps packages external: all of them, or those selected by `isExternal`. */
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
 * Whether a package stays external. fastest-levenshtein is bundled, because it is small and all code that parses
 * schedules needs it.
 */
export function staysOutside(name: string): boolean {
  return name !== "fastest-levenshtein";
}

/**
 * Makes the app's code require better-sqlite3 at run time, through the hook in framework/config/sqliteOnNode20.ts. An ES
 * module's `import` would be evaluated before the hook is installed.
 */
export const sqliteAtRuntime: Plugin = {
  name: "sqlite-at-runtime",
  setup({ onResolve, onLoad }) {
    // The name doesn't count as a source of the app (see `isSource`).
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
