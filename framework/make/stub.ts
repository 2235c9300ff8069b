import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";

/** The app's own stub (in stubs/) or else laju's, with placeholders such as {{ name }} filled in. */
export function filledStub(file: string, values: Record<string, string>): string {
  return readStub(file).replace(/\{\{ *([^}]*?) *\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value !== undefined) return value;
    throw new LajuError(`stub ${file} contains the unknown placeholder {{ ${key} }}`, {
      code: "E_STUB",
      hint: `Available placeholders: ${Object.keys(values)
        .map((name) => `{{ ${name} }}`)
        .join(", ")}.`,
    });
  });
}

function readStub(file: string): string {
  const own = join(paths.root, "stubs", file);
  return readFileSync(existsSync(own) ? own : join(import.meta.dirname, "stubs", file), "utf8");
}
