import { readFileSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import type { Plugin } from "esbuild";

/** What the build's `define` writes for import.meta: a constant of each module, made by `importMetaPlugin`. */
export const importMetaName = "lajuImportMeta";

/**
 * Gives each module of the app, inlined or not, the import.meta it would have if every file were compiled
 * one to one (framework/services/View.ts → build/framework/services/View.js): files beside a module are found from it.
 * The constant is put before the module's first line, without a line break, so that no line number changes.
 */
export function importMetaPlugin(root: string): Plugin {
  return {
    name: "import-meta",
    setup({ onLoad }) {
      onLoad({ filter: /\.[cm]?tsx?$/ }, ({ path }) => {
        if (!path.startsWith(root + sep) || path.includes(`${sep}node_modules${sep}`)) return undefined;
        const text = readFileSync(path, "utf8");
        if (!text.includes("import.meta")) return undefined;
        const compiled = relative(root, path).replace(/\.([cm]?)tsx?$/, ".$1js");
        return {
          contents: withImportMeta(text, compiled),
          loader: path.endsWith("x") ? "tsx" : "ts",
          resolveDir: dirname(path),
        };
      });
    },
  };
}

function withImportMeta(text: string, compiled: string): string {
  const line = `const ${importMetaName} = lajuModule(${JSON.stringify(compiled)});`;
  return text.startsWith("#!") ? text.replace("\n", `\n${line}`) : `${line}${text}`;
}
