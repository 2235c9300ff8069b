import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { baseFile } from "../../framework/new/bases";
import { compile } from "./compile";
import { bundled, description } from "./description";
import { reachableTypes } from "./types";

export interface Package {
  file: string;
  /** The size of the package file, in bytes. */
  size: number;
  files: number;
}

/**
 * Files that are copied into the package unchanged: laju's JavaScript, stubs and views, and the files that `new`
 * writes.
 */
const copied = ["laju.js", "LICENSE", "CHANGELOG.md", ".env.example", "framework", "app", "commands"];

/** Compiles laju and packs it as laju-<version>.tgz, by default into build/. */
export function makePackage(project: string, destination = join(project, "build")): Package {
  mkdirSync(destination, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "laju-package-"));
  try {
    fillPackage(project, folder);
    return { ...pack(folder, destination), files: filesIn(folder).length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the package's contents into an empty folder. */
export function fillPackage(project: string, folder: string): void {
  keepTemplate(project);
  const compiled = compile(project);
  const { exports, ...rest } = description(project);
  const types = reachableTypes(compiled, Object.values(exports));
  for (const file of filesToCopy(project)) copy(join(project, file), join(folder, file));
  for (const name of bundled)
    copyPackage(join(project, "node_modules", name), join(folder, "node_modules", name));
  for (const [file, text] of compiled) {
    const isNeeded = file.endsWith(".d.ts") ? types.has(file) : !hasTypesOnly(text);
    if (isNeeded) write(join(folder, file), text);
  }
  write(join(folder, "package.json"), `${JSON.stringify({ ...rest, exports }, null, 2)}\n`);
  write(join(folder, "README.md"), readFileSync(join(import.meta.dirname, "README.md"), "utf8"));
}

/** Whether a module contains only types, so no code loads it. */
function hasTypesOnly(code: string): boolean {
  return code.replaceAll(/^\/\/.*$/gm, "").trim() === "export {};";
}

/** Stores this version's template for later releases, whose `upgrade` compares it with an app's files. */
function keepTemplate(project: string): void {
  const { path, text } = baseFile(project);
  if (!existsSync(join(project, path)) || readFileSync(join(project, path), "utf8") !== text) {
    write(join(project, path), text);
  }
}

/** Whether a file is compiled: laju's own TypeScript is, the app's (which `new` copies) is not. */
function filesToCopy(project: string): string[] {
  const files = copied.flatMap((path) =>
    statSync(join(project, path)).isDirectory()
      ? filesIn(join(project, path)).map((file) => `${path}/${file}`)
      : [path],
  );
  const isCompiled = (file: string) =>
    file.endsWith(".ts") && /^(framework\/(?!new\/template\/)|commands\/(native\/|index\.ts))/.test(file);
  return files.filter((file) => !isCompiled(file) && !file.startsWith("app/jobs/"));
}

function pack(folder: string, destination: string): { file: string; size: number } {
  const words = ["pack", "--json", "--ignore-scripts", "--pack-destination", destination];
  const [{ filename }] = JSON.parse(execFileSync("npm", words, { cwd: folder, encoding: "utf8" }));
  const file = join(destination, filename);
  return { file, size: statSync(file).size };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

/** Whether a file belongs in the package. Modules that no code loads don't. */
function copyPackage(from: string, to: string): void {
  const { main } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  const files = filesIn(from).filter(
    (file) => /^(package\.json|LICENSE(\.md)?)$/.test(file) || file === main,
  );
  for (const file of files) copy(join(from, file), join(to, file));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
