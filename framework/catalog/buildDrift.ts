import { statSync } from "node:fs";
import { terminalFor } from "../cli/terminal";
import { paths } from "../config/config";
import type { Manifest } from "../metadata/manifest";
import { commandNames } from "./commandSources";
import { fileHash } from "./contentHash";
import { jobFile, jobNames } from "./jobSources";

/**
 * The sources that changed since the build. Compares contents, since a checkout changes every file's mtime. If only
 * build/ was deployed, without sources, no source counts as changed.
 */
export function changedSources(manifest: Manifest): string[] {
  if (commandNames().length === 0) return [];
  const files = [...commandNames().map((name) => `commands/${name}.ts`), ...jobNames().map(jobFile)];
  return [...files.filter((file) => !(file in manifest.inputs)), ...changedInputs(manifest)];
}

function changedInputs({ inputs }: Manifest): string[] {
  const builtAt = manifestTime();
  return Object.entries(inputs).flatMap(([file, hash]) => (isAsBuilt(file, hash, builtAt) ? [] : [file]));
}

/** When the last build began, in milliseconds since the epoch. */
export function manifestTime(): number {
  return statSync(paths.manifest).mtimeMs;
}

/**
 * Whether a source is unchanged since the build read it. Compares times first, because hashing takes four times as
 * long.
 */
export function isAsBuilt(file: string, hash: string | undefined, builtAt: number): boolean {
  const path = `${paths.root}/${file}`;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  // Unlike mtime, which copy tools set, ctime changes with every modification.
  return stat.ctimeMs < builtAt || fileHash(path) === hash;
}

/**
 * Why the build is out of date: "the build is older than its sources: commands/A.ts and 2 more changed". Undefined if
 * it is up to date.
 */
export function driftText(manifest: Manifest): string | undefined {
  const [first, ...more] = changedSources(manifest);
  if (first === undefined) return undefined;
  const isNew = !(first in manifest.inputs);
  const what =
    more.length === 0
      ? `${first} ${isNew ? "is new" : "changed"}`
      : `${first} and ${more.length} more ${isNew ? "are new or changed" : "changed"}`;
  return `the build is older than its sources: ${what}`;
}

/** Warns on stderr if sources are new or have changed since the build, for verbs that use the build. */
export function warnOfOldBuild(manifest: Manifest): void {
  const text = driftText(manifest);
  if (text === undefined) return;
  const { paint } = terminalFor(2);
  console.error(paint("yellow", `T${text.slice(1)}. Run npm run build.`));
}
