import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/** Puts every handler of app/jobs into the programs that load handlers: a bundle has no folder to read. */
export function jobsPlugin(root: string): Plugin {
  return {
    name: "jobs",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^laju-jobs:/ }, ({ path }) => ({ path, namespace: "laju-jobs" }));
      onLoad({ filter: /.*/, namespace: "laju-jobs" }, () => ({
        contents: registryText(join(root, "app", "jobs")),
        loader: "js",
        resolveDir: root,
      }));
    },
  };
}

function registryText(folder: string): string {
  const names = existsSync(folder) ? jobNames(readdirSync(folder)) : [];
  const imports = names.map((name, i) => `import * as job${i} from ${JSON.stringify(join(folder, name))};`);
  const entries = names.map((name, i) => `${JSON.stringify(name)}: job${i}`);
  return `${imports.join("\n")}\nexport const modules = { ${entries.join(", ")} };\n`;
}

function jobNames(files: string[]): string[] {
  return files
    .filter((file) => /^[^._].*\.ts$/.test(file) && !/\.(d|test|spec)\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ""))
    .sort();
}
