import { statSync } from "node:fs";
import { terminalFor } from "../cli/terminal";
import { paths } from "../config/config";
import type { Manifest } from "../metadata/manifest";
import { commandNames } from "./commandSources";
import { fileHash } from "./contentHash";
import { jobFile, jobNames } from "./jobSources";

/**
 * The sources that changed since the build, by content (a checkout changes every file's time). Where the
 * sources were left behind, as in a deployment of build/ alone, nothing has changed.
 */
export function changedSources({ inputs }: Manifest): string[] {
  if (commandNames().length === 0) return [];
  const files = [...commandNames().map((name) => `commands/${name}.ts`), ...jobNames().map(jobFile)];
  const added = files.filter((file) => !(file in inputs));
  const builtAt = manifestTime();
  const changed = Object.entries(inputs).filter(([file, hash]) => !isAsBuilt(file, hash, builtAt));
  return [...added, ...changed.map(([file]) => file)];
}

/** When the last build began, in milliseconds since the epoch. */
export function manifestTime(): number {
  return statSync(paths.manifest).mtimeMs;
}

/** Whether a source is what the build read: `hash` is its content's then. To hash a file takes four times as long as to look. */
export function isAsBuilt(file: string, hash: string | undefined, builtAt: number): boolean {
  const path = `${paths.root}/${file}`;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  // Unlike its other time, which copying tools set, this one tells of each change.
  return stat.ctimeMs < builtAt || fileHash(path) === hash;
}

/** "the build is older than its sources: commands/A.ts and 2 more changed"; undefined for a build that is not. */
export function driftText(manifest: Manifest): string | undefined {
  const [first, ...more] = changedSources(manifest);
  if (first === undefined) return undefined;
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return `the build is older than its sources: ${first}${others} changed`;
}

/** Says on stderr what a verb that goes by the build does not know of. */
export function warnOfOldBuild(manifest: Manifest): void {
  const text = driftText(manifest);
  if (text === undefined) return;
  const { paint } = terminalFor(2);
  console.error(paint("yellow", `T${text.slice(1)}. npm run build brings it up to date.`));
}
