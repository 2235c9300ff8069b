import { existsSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config";
import { readBytes } from "../config/readText";
import type { Manifest } from "../schedule/manifest";
import { commandNames } from "./commandSources";
import { contentHash } from "./contentHash";
import { jobFile, jobNames } from "./jobSources";
import { terminalFor } from "./terminal";

/**
 * The sources that changed since the build, by content (a checkout changes every file's time). Where the
 * sources were left behind, as in a deployment of build/ alone, nothing has changed.
 */
export function changedSources({ inputs }: Manifest): string[] {
  if (commandNames().length === 0) return [];
  const files = [...commandNames().map((name) => `commands/${name}.ts`), ...jobNames().map(jobFile)];
  const added = files.filter((file) => !(file in inputs));
  const changed = Object.keys(inputs).filter((file) => hashOf(file) !== inputs[file]);
  return [...added, ...changed];
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

function hashOf(file: string): string | undefined {
  const path = join(paths.root, file);
  return existsSync(path) ? contentHash(readBytes(path)) : undefined;
}
