import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of a file of test/fixtures, to be put into a test's app. */
export function fixture(path: string): string {
  return readFileSync(join(import.meta.dirname, "../../fixtures", path), "utf8");
}
