import { join, resolve } from "node:path";
import type { Plugin } from "esbuild";

/** Gives whoever imports one of these modules, named by their paths from the root, other contents than its file's. */
export function modulePlugin(
  namespace: string,
  root: string,
  modules: readonly string[],
  contentsOf: (module: string) => string,
): Plugin {
  const byPath = new Map(modules.map((module) => [withoutEnding(join(root, module)), module]));
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.{0,2}\/|^app\// }, ({ path, resolveDir, kind }) => {
        if (kind === "entry-point") return undefined;
        const full = path.startsWith("app/") ? join(root, path) : resolve(resolveDir, path);
        const module = byPath.get(withoutEnding(full));
        return module === undefined ? undefined : { path: module, namespace };
      });
      onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: contentsOf(path), loader: "js" }));
    },
  };
}

function withoutEnding(path: string): string {
  return path.replace(/\.[cm]?[jt]sx?$/, "");
}
