import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { makePackage } from "../../../scripts/package/makePackage";
import { copyOfWhatIsMadeOnce } from "../apps/madeOnce";

const project = join(import.meta.dirname, "..", "..", "..");
const modules = join(project, "node_modules");

/** Puts laju's package into a new folder, both as a file and unpacked. laju is packed once per test run. */
export function putPackage(folder: string): { tarball: string; laju: string } {
  copyOfWhatIsMadeOnce("package", folder, (made) => {
    const { file } = makePackage(project, made);
    execFileSync("tar", ["-xzf", file, "-C", made]);
  });
  const laju = join(folder, "package");
  const { version } = JSON.parse(readFileSync(join(laju, "package.json"), "utf8"));
  return { tarball: join(folder, `laju-${version}.tgz`), laju };
}

/**
 * Creates a node_modules folder in pnpm's layout: links to a store in which each package sees only its own
 * dependencies, so the app cannot reach laju's. Needs no package manager, and downloads nothing.
 */
export function linkModules(folder: string, laju: string): void {
  const store = join(folder, "node_modules/.pnpm");
  const home = join(store, "laju/node_modules/laju");
  cpSync(laju, home, { recursive: true });
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(laju, "package.json"), "utf8"));
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const target = isAlias(name) ? storedByItsOwnName(name, store) : join(modules, name);
    link(target, join(store, "laju/node_modules", name));
  }
  link(home, join(folder, "node_modules/laju"));
  for (const name of ["@types/node", "typescript", "vitest"])
    link(join(modules, name), join(folder, "node_modules", name));
  const programs = { tsc: "typescript/bin/tsc", tsx: "tsx/dist/cli.mjs", vitest: "vitest/vitest.mjs" };
  for (const [name, file] of Object.entries(programs))
    link(join(modules, file), join(folder, "node_modules/.bin", name));
}

/** The package better-sqlite3-node20 is better-sqlite3 in another version. */
function isAlias(name: string): boolean {
  return JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).name !== name;
}

function storedByItsOwnName(name: string, store: string): string {
  const description = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  const folder = join(store, `${description.name}@${description.version}`, "node_modules");
  const parts = ["package.json", "lib", "build/Release/better_sqlite3.node"];
  for (const part of parts) {
    if (!existsSync(join(modules, name, part))) continue;
    cpSync(join(modules, name, part), join(folder, description.name, part), { recursive: true });
  }
  for (const dependency of Object.keys(description.dependencies ?? {})) {
    link(join(modules, dependency), join(folder, dependency));
  }
  return join(folder, description.name);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
