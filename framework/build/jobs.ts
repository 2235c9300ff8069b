import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { readManifest } from "../catalog/buildManifest";
import { jobNames, jobProblems } from "../catalog/jobSources";
import { paths } from "../config/config";

/** The names of the handlers that this build contains. */
export function bundledJobs(): string[] {
  const leftOut = leftOutJobs();
  return jobNames().filter((name) => !leftOut.includes(name));
}

/**
 * Handlers that are invalid and that no earlier build contains. The build omits them, so that workers can still process
 * other job types.
 */
export function leftOutJobs(): string[] {
  const before = existsSync(paths.manifest) ? readManifest().jobs : undefined;
  return jobNames().filter((name) => !before?.includes(name) && jobProblems([name]).length > 0);
}

/**
 * Compiles the handlers of app/jobs into the programs that run jobs, because a compiled program can't read app/jobs. If
 * a handler that the last build contains has become invalid, these programs are not rebuilt until it is fixed.
 */
export function jobsPlugin(root: string): Plugin {
  return {
    name: "jobs",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^laju-jobs:/ }, ({ path }) => ({ path, namespace: "laju-jobs" }));
      onLoad({ filter: /.*/, namespace: "laju-jobs" }, () => {
        const names = bundledJobs();
        const errors = jobProblems(names).map(({ message }) => ({ text: message }));
        if (errors.length > 0) return { errors };
        return { contents: registryText(join(root, "app", "jobs"), names), loader: "js", resolveDir: root };
      });
    },
  };
}

/**
 * The source of the module that lists the handlers. A handler is evaluated on first use, so one that throws doesn't
 * affect the others. Omitted handlers are listed with an error, so that the worker leaves their jobs to other workers.
 */
function registryText(folder: string, names: readonly string[]): string {
  const entries = names.map((name) => entryText(name, `import(${JSON.stringify(join(folder, name))})`));
  const others = jobProblems(leftOutJobs()).map(({ file, message }) =>
    entryText(nameOf(file), `Promise.reject(new Error(${JSON.stringify(message.split("\n", 1)[0])}))`),
  );
  return `export const modules = {\n${[...entries, ...others].join("\n")}\n};\n`;
}

function entryText(name: string, promise: string): string {
  return `  ${JSON.stringify(name)}: () => ${promise},`;
}

function nameOf(file: string): string {
  return file.replace(/^app\/jobs\/|\.ts$/g, "");
}
