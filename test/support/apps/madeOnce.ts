import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes a folder by copying what the first caller of the test run made, which takes a tenth of making it. Where no
 * test run keeps it, as in a benchmark, it is made anew.
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

/** Two test files may make it at the same time. */
function renameUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
    rmSync(from, { recursive: true });
  }
}
