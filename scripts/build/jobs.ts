import { join } from "node:path";
import type { Plugin } from "esbuild";
import { jobProblems } from "../../app/console/jobSources";
import { jobNames } from "../../app/queue/jobFiles";

/**
 * Puts every handler of app/jobs into the programs that load handlers: a bundle has no folder to read. While one
 * is bad there is no new such program, and the last good one stays.
 */
export function jobsPlugin(root: string): Plugin {
  return {
    name: "jobs",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^laju-jobs:/ }, ({ path }) => ({ path, namespace: "laju-jobs" }));
      onLoad({ filter: /.*/, namespace: "laju-jobs" }, () => {
        const errors = jobProblems().map(({ message }) => ({ text: message }));
        if (errors.length > 0) return { errors };
        return { contents: registryText(join(root, "app", "jobs")), loader: "js", resolveDir: root };
      });
    },
  };
}

function registryText(folder: string): string {
  const names = jobNames(folder);
  const imports = names.map((name, i) => `import * as job${i} from ${JSON.stringify(join(folder, name))};`);
  const entries = names.map((name, i) => `${JSON.stringify(name)}: job${i}`);
  return `${imports.join("\n")}\nexport const modules = { ${entries.join(", ")} };\n`;
}
