import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";

/** The app's own stub (stubs/), else laju's, with its placeholders filled: {{ name }}. */
export function filledStub(file: string, values: Record<string, string>): string {
  return readStub(file).replace(/\{\{ *([^}]*?) *\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value !== undefined) return value;
    throw new LajuError(`the stub has a placeholder {{ ${key} }} that nothing fills`, {
      code: "E_STUB",
      hint: `The placeholders are ${Object.keys(values)
        .map((name) => `{{ ${name} }}`)
        .join(", ")}.`,
    });
  });
}

function readStub(file: string): string {
  const own = join(paths.root, "stubs", file);
  return readFileSync(existsSync(own) ? own : join(import.meta.dirname, "stubs", file), "utf8");
}
