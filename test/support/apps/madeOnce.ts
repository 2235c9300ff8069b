import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Creates a folder. Within a test run, the first caller really creates it, and all others copy it, which takes a tenth
 * of the time. Outside a test run, for example in a benchmark, each caller creates it.
 */
export function copyOfWhatIsMadeOnce(name: string, target: string, make: (folder: string) => void): void {
  const place = process.env.LAJU_TEST_FOLDER;
  if (place === undefined) {
    make(target);
    return;
  }
  const original = join(place, name);
  if (!existsSync(original)) {
    const unfinished = `${original}.${process.pid}`;
    make(unfinished);
    renameUnlessThere(unfinished, original);
  }
  execFileSync("cp", ["-pR", original, target]);
}

/** Renames the folder to its final name, unless another test file has created that in the meantime. */
function renameUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
    rmSync(from, { recursive: true });
  }
}
