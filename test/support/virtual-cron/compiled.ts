import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;

/**
 * The program or library that gcc compiles from a C source in this folder. Each version of the source is compiled only
 * once.
 */
export function compiled(source: string, ...flags: string[]): string {
  const version = createHash("sha256")
    .update(readFileSync(join(here, source)))
    .digest("hex")
    .slice(0, 16);
  const cache = join(here, "../../../node_modules/.cache/virtual-cron");
  const output = join(cache, `${version}.so`);
  if (existsSync(output)) return output;
  mkdirSync(cache, { recursive: true });
  const unfinished = `${output}.${process.pid}`;
  execFileSync("gcc", [...flags, "-O2", "-o", unfinished, join(here, source)]);
  renameSync(unfinished, output);
  return output;
}
