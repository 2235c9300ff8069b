import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";

/** laju's own modules, compiled to JavaScript and types, by their paths in the package. */
export function compile(project: string): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "laju-compiled-"));
  try {
    const config = join(folder, "tsconfig.json");
    writeFileSync(config, JSON.stringify(settings(project, folder)));
    execFileSync(join(project, "node_modules/.bin/tsc"), ["--project", config], { stdio: "inherit" });
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.(js|d\.ts)$/.test(file),
    );
    const compiled = files.map((file) => [
      file,
      withEndings(readFileSync(join(folder, file), "utf8"), join(folder, file)),
    ]);
    return withGlobalTypes(new Map(compiled as [string, string][]), project);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function settings(project: string, outDir: string) {
  return {
    extends: join(project, "tsconfig.json"),
    compilerOptions: {
      ...{ noEmit: false, declaration: true, rootDir: project, outDir },
      // Use absolute paths, because the generated project file is in another folder.
      typeRoots: [join(project, "node_modules/@types")],
      paths: { "app/*": [join(project, "app/*")] },
    },
    include: ["framework", "commands/index.ts", "commands/native"].map((path) => join(project, path)),
    exclude: [join(project, "framework/new/template")],
  };
}

/** Adds the extension to relative imports, because Node resolves no file without it. */
function withEndings(text: string, file: string): string {
  const { module } = parseSync(file, text);
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest ?? []),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) => moduleRequest),
  ];
  const ends = new Set(
    requests.filter(({ start, end }) => isRelative(text.slice(start, end))).map(({ end }) => end - 1),
  );
  return [...ends]
    .sort((one, other) => other - one)
    .reduce((whole, at) => `${whole.slice(0, at)}.js${whole.slice(at)}`, text);
}

function isRelative(request: string): boolean {
  return /^["']\.\.?\/.*[^.]["']$/.test(request) && !/\.(js|cjs|json)["']$/.test(request);
}

/**
 * Makes the settings module import laju's global type declarations, because every other module imports the settings
 * module.
 */
function withGlobalTypes(compiled: Map<string, string>, project: string): Map<string, string> {
  const types = "framework/config/types.d.ts";
  const config = "framework/config/config.d.ts";
  if (!existsSync(join(project, types))) throw new Error(`${relative(dirname(project), types)} is missing`);
  compiled.set(types, readFileSync(join(project, types), "utf8"));
  compiled.set(config, `import "./types.js";\n${compiled.get(config)}`);
  return compiled;
}
