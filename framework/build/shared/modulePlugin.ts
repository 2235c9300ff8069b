import { join, resolve } from "node:path";
import type { Plugin } from "esbuild";

/** A module's name inside bundles. It is short because it occurs often, and every start reads the whole bundle. */
export function moduleName(module: string): string {
  return module.replace(/^framework\//, "").replace(/\.[jt]s$/, "");
}

/**
 * Replaces the source of these modules wherever they are imported. `modules` are paths relative to laju's own folder.
 */
export function modulePlugin(
  namespace: string,
  home: string,
  modules: readonly string[],
  contentsOf: (module: string) => string,
): Plugin {
  const byPath = new Map(modules.map((module) => [withoutEnding(join(home, module)), module]));
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.{0,2}\// }, ({ path, resolveDir, kind }) => {
        if (kind === "entry-point") return undefined;
        const full = resolve(resolveDir, path);
        const module = byPath.get(withoutEnding(full));
        return module === undefined ? undefined : { path: moduleName(module), namespace, pluginData: module };
      });
      onLoad({ filter: /.*/, namespace }, ({ pluginData }) => ({
        contents: contentsOf(pluginData),
        loader: "js",
      }));
    },
  };
}

function withoutEnding(path: string): string {
  return path.replace(/\.[cm]?[jt]sx?$/, "");
}
