import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config";
import type { Manifest } from "../schedule/manifest";
import { commandNames } from "./commandSources";
import { contentHash } from "./contentHash";
import { jobFile, jobNames } from "./jobSources";

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

function hashOf(file: string): string | undefined {
  const path = join(paths.root, file);
  return existsSync(path) ? contentHash(readFileSync(path)) : undefined;
}
