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

/** Whether the app has its own stub instead of laju's. */
export function hasOwnStub(file: string): boolean {
  return existsSync(ownStub(file));
}

function readStub(file: string): string {
  return readFileSync(hasOwnStub(file) ? ownStub(file) : join(import.meta.dirname, "stubs", file), "utf8");
}

function ownStub(file: string): string {
  return join(paths.root, "stubs", file);
}
