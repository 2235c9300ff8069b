import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeIfChanged } from "./files";

/** The files that laju.js and compiled commands need when root starts them. */
const files = ["appUser.cjs", "crontabParent.cjs", "commandLine.mjs"];

/** Copies them into build/runtime, before anything that loads them is there. Returns their sources, from laju's own folder. */
export function copyRootRuntime({ home, build }: { home: string; build: string }): string[] {
  return files.map((file) => {
    const source = `framework/build/runtime/${file}`;
    writeIfChanged(join(build, "runtime", file), readFileSync(join(home, source)));
    return source;
  });
}
