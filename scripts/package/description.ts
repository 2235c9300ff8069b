import { readFileSync } from "node:fs";
import { join } from "node:path";
import { appPackages } from "../../framework/new/description";

/** The tools that laju starts as programs. The package depends on them, so every app installs them. */
const tools = ["esbuild", "oxc-parser", "tsx"];
/** Packages that laju's command line uses. They are bundled, because `new` runs before any package is installed. */
export const bundled = ["fastest-levenshtein"];
/** The packages with types to which laju's own types refer. */
const types = ["@types/better-sqlite3", "@types/ejs", "@types/nodemailer"];

/**
 * The package.json of the package: that of the project, plus what an app needs, minus what only laju's developers need.
 */
export function description(project: string) {
  const own = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  const { name, version, description, license, type, bin, engines } = own;
  const pick = (names: string[]) => Object.fromEntries(names.map((one) => [one, own.devDependencies[one]]));
  const dependencies = { ...own.dependencies, ...pick(tools), ...pick(types) };
  return {
    ...{ name, version, description, license, type, bin, engines },
    exports: compiledExports(own.exports),
    imports: Object.fromEntries(
      Object.entries<string>(own.imports).map(([name, file]) => [name, compiledName(file)]),
    ),
    dependencies: Object.fromEntries(Object.entries(dependencies).sort()),
    bundleDependencies: bundled,
    optionalDependencies: own.optionalDependencies,
    // List the packages that `new` adds to an app, so that someone can develop this package by itself.
    devDependencies: pick(appPackages),
    allowScripts: own.allowScripts,
    peerDependencies: pick(["bullmq"]),
    peerDependenciesMeta: { bullmq: { optional: true } },
  };
}

function compiledExports(exports: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(exports).map(([name, file]) => {
      if (!file.endsWith(".ts")) return [name, file];
      return [name, { types: file.replace(/\.ts$/, ".d.ts"), default: compiledName(file) }];
    }),
  );
}

function compiledName(file: string): string {
  return file.replace(/\.ts$/, ".js");
}
