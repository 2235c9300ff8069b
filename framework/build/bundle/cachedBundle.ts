import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { contentHash } from "../../catalog/contentHash";
import type { Output } from "./bundle";
import type { BundledFunction } from "./functionBundle";

/**
 * The folders of bundles with a code cache. Such a bundle is named by a hash of its content, because V8 checks only the
 * length of the source and would accept the cache of another one.
 */
const folders = ["shared", "cli"] as const;
type Folder = (typeof folders)[number];

/** The files of a bundle: its source map, and the bundle itself. */
export function namedByContent(folder: Folder, { code, map }: BundledFunction): [Output, Output] {
  const path = `${folder}/${contentHash(code)}.js`;
  return [
    { path: `${path}.map`, contents: Buffer.from(map) },
    { path, contents: Buffer.from(code) },
  ];
}

/** The line in a bundle's hot half that contains the name of its cold half. */
export function coldName([, cold]: [Output, Output]): string {
  return `const lajuColdFile = "${nameOf(cold.path)}";`;
}

/** A bundle's name without folder and extension. */
export function nameOf(path: string): string {
  return basename(path, ".js");
}

/** How long to keep an unused bundle, in milliseconds: another build, running now, may have just written it. */
const youngMs = 600_000;

/**
 * Deletes bundles that no compiled file uses. Keeps those of the last build, which a command may be loading at this
 * moment.
 */
export function removeUnused(build: string, kept: ReadonlySet<string | undefined>): void {
  const unknown = folders.flatMap((folder) => unknownIn(join(build, folder), kept));
  if (unknown.length === 0) return;
  const named = withColdHalves(build, [...namedBundles(build), ...kept]);
  for (const { path, file } of unknown) if (!named.has(file)) rmSync(path, { force: true });
}

function unknownIn(folder: string, kept: ReadonlySet<string | undefined>) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => ({ path: join(folder, name), file: /^[\w-]{22}(?=\.js|-v\d)/.exec(name)?.[0] ?? "" }))
    .filter(({ path, file }) => file !== "" && !kept.has(file) && !isYoung(path));
}

function isYoung(path: string): boolean {
  return Date.now() - statSync(path).mtimeMs < youngMs;
}

/** Adds the cold halves of these bundles, whose names are in the first lines of the hot halves. */
function withColdHalves(build: string, files: readonly (string | undefined)[]): Set<string | undefined> {
  const paths = folders.flatMap((folder) => files.map((file) => join(build, folder, `${file}.js`)));
  return new Set([...files, ...paths.flatMap(bundlesNamedIn)]);
}

/** The bundles that compiled files load, as their first lines say. */
function namedBundles(build: string): string[] {
  const compiled = readdirSync(build, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.m?js$/.test(path) && !/^(vendor|shared|cli)\//.test(path),
  );
  return compiled.flatMap((path) => bundlesNamedIn(join(build, path)));
}

/** The bundles that this file loads, which can be a compiled file or a bundle; none if the file doesn't exist. */
export function bundlesNamedIn(file: string): string[] {
  if (!existsSync(file)) return [];
  const head = readFileSync(file, "latin1").slice(0, 4000);
  return [...head.matchAll(/const laju\w+File = "([\w-]{22})"/g)].map(([, name]) => name as string);
}
