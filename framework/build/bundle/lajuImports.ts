import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import type { Plugin } from "esbuild";
import { exportsOf } from "../../metadata/source/moduleExports";
import { parseModule } from "../../metadata/source/parseModule";

/** Matches a file of the app that only re-exports one of laju's modules, such as app/services/DB.ts. */
const reexport = /^export \* from "(laju\/[\w/-]+)";\s*(?:export \{ default \} from "\1";\s*)?$/;

/**
 * Resolves imports such as "laju/services/DB" to laju's files, so that they are bundled or shared. At run time such a
 * name could not be resolved, because build/ is a separate package.
 */
export function lajuImports(root: string): Plugin {
  return {
    name: "laju-imports",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^laju\// }, ({ path, kind }) => {
        const file = lajuFile(path, root);
        if (file === undefined) return { errors: [{ text: notFound(path, root) }] };
        // Resolve by file again, so that other plugins can replace a module that is in the shared bundle.
        return resolve(file, { resolveDir: dirname(file), kind });
      });
    },
  };
}

/**
 * Replaces `export *` in files of app/ that only re-export a laju module: listing the names makes every start faster.
 */
export function reexports(root: string): Plugin {
  return {
    name: "reexports",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.startsWith(join(root, "app") + sep)) return undefined;
        const [, module] = reexport.exec(readFileSync(path, "utf8")) ?? [];
        const file = module && lajuFile(module, root);
        const names = file ? namesIn(file) : [];
        if (names.length === 0) return undefined;
        const contents = `export { ${names.join(", ")} } from ${JSON.stringify(module)};`;
        return { contents, loader: "ts", resolveDir: root };
      });
    },
  };
}

/** The file of a name such as "laju/services/DB", by the `exports` of laju's package.json. */
function lajuFile(name: string, root: string): string | undefined {
  try {
    return createRequire(join(root, "package.json")).resolve(name);
  } catch {
    return undefined;
  }
}

function namesIn(file: string): string[] {
  const { body } = parseModule(readFileSync(file, "utf8"), file);
  const hasMore = body.some(
    ({ type, exported, exportKind }) => type === "ExportAllDeclaration" && !exported && exportKind !== "type",
  );
  return hasMore ? [] : exportsOf(body).flatMap(({ name, declared }) => (declared === "type" ? [] : [name]));
}

function notFound(path: string, root: string): string {
  try {
    createRequire(join(root, "package.json")).resolve("laju/package.json");
  } catch {
    const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    if (!existsSync(join(root, "framework/config/config.ts"))) {
      return `"${path}" cannot be resolved because laju is not installed\n  Run npm install.`;
    }
    return `"${path}" cannot be resolved because package.json names this package ${JSON.stringify(name)}\n  Change the name back to "laju": the app imports laju's modules by that name.`;
  }
  return `"${path}" is not a laju module\n  laju's modules are listed under exports in its package.json.`;
}
