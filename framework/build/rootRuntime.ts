import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeIfChanged } from "./files";

/** The files that switch to the app's user when root starts laju.js or a compiled command. */
const files = ["appUser.cjs", "crontabParent.cjs", "commandLine.mjs"];

/**
 * Copies these files to build/runtime. Must be called before any file that loads them is written. Returns the paths of
 * their sources, relative to laju's own folder.
 */
export function copyRootRuntime({ home, build }: { home: string; build: string }): string[] {
  return files.map((file) => {
    const source = `framework/build/runtime/${file}`;
    writeIfChanged(join(build, "runtime", file), readFileSync(join(home, source)));
    return source;
  });
}
