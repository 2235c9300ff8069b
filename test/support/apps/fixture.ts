import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The contents of a file in test/fixtures, to be written into an app. */
export function fixture(path: string): string {
  return readFileSync(join(import.meta.dirname, "../../fixtures", path), "utf8");
}
