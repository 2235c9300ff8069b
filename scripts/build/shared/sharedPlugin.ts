import { join, resolve } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Makes whoever imports a module of the shared bundle take it from there: it is compiled once for all commands,
 * and its state is one for the process.
 */
export function sharedPlugin(root: string, modules: readonly string[]): Plugin {
  const byPath = new Map(modules.map((module) => [withoutEnding(join(root, module)), module]));
  return {
    name: "shared",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.{0,2}\/|^app\// }, ({ path, resolveDir, kind }) => {
        if (kind === "entry-point") return undefined;
        const full = path.startsWith("app/") ? join(root, path) : resolve(resolveDir, path);
        const module = byPath.get(withoutEnding(full));
        return module === undefined ? undefined : { path: module, namespace: "laju-shared" };
      });
      onLoad({ filter: /.*/, namespace: "laju-shared" }, ({ path }) => ({
        contents: `module.exports = lajuShared(${JSON.stringify(path)});`,
        loader: "js",
      }));
    },
  };
}

function withoutEnding(path: string): string {
  return path.replace(/\.[cm]?[jt]sx?$/, "");
}
