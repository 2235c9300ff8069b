import { readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Plugin } from "esbuild";

/**
 * The name of a constant that replaces import.meta (through esbuild's `define`). `importMetaPlugin` adds it to each
 * module.
 */
export const importMetaName = "lajuImportMeta";

/**
 * Gives each of the app's modules the import.meta that it would have if each source were compiled to a file of its own
 * (framework/services/View.ts to build/framework/services/View.js), so that the module finds files next to it. Adds the
 * constant to the module's first line, so that line numbers don't change.
 */
export function importMetaPlugin({ root, home }: { root: string; home: string }): Plugin {
  return {
    name: "import-meta",
    setup({ onLoad }) {
      onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
        const from = ownerOf(path);
        if (from === undefined) return undefined;
        const text = readFileSync(path, "utf8");
        if (!text.includes("import.meta")) return undefined;
        const compiled = relative(from, path).replace(/\.([cm]?)tsx?$/, ".$1js");
        return {
          contents: withImportMeta(text, compiled),
          loader: loaderOf(path),
          resolveDir: dirname(path),
        };
      });
    },
  };

  /** The folder to which a file's path is relative: laju's own or the app's root; undefined for a package's file. */
  function ownerOf(path: string): string | undefined {
    if (path.startsWith(join(home, "framework") + sep) || path.startsWith(join(home, "commands") + sep))
      return home;
    const isApps = path.startsWith(root + sep) && !path.includes(`${sep}node_modules${sep}`);
    return isApps && /\.[cm]?tsx?$/.test(path) ? root : undefined;
  }
}

function loaderOf(path: string): "js" | "ts" | "tsx" {
  if (path.endsWith("x")) return "tsx";
  return /ts$/.test(path) ? "ts" : "js";
}

function withImportMeta(text: string, compiled: string): string {
  const line = `const ${importMetaName} = lajuModule(${JSON.stringify(compiled)});`;
  return text.startsWith("#!") ? text.replace("\n", `\n${line}`) : `${line}${text}`;
}
