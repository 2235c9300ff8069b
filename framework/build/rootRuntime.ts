import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeIfChanged } from "./files";

/** The files that laju.js and compiled commands need when root starts them. */
const files = ["appUser.cjs", "crontabParent.cjs", "commandLine.mjs"];

/**
 * Copies these files to build/runtime, before any file that loads them is written. Returns their sources in laju's own
 * folder.
 */
export function copyRootRuntime({ home, build }: { home: string; build: string }): string[] {
  return files.map((file) => {
    const source = `framework/build/runtime/${file}`;
    writeIfChanged(join(build, "runtime", file), readFileSync(join(home, source)));
    return source;
  });
}
