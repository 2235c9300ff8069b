import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";

/** The values of a stub's placeholders. If a placeholder has several values, its line is repeated for each of them. */
export type StubValues = Record<string, string | readonly string[]>;

/**
 * The text of a stub, from the app's stubs/ folder or else laju's own, with placeholders such as {{ name }} filled in.
 */
export function filledStub(file: string, values: StubValues): string {
  const lines = readStub(file).split(/(?<=\n)/);
  return lines.flatMap((line) => filledLines(line, file, values)).join("");
}

const placeholder = /\{\{ *([^}]*?) *\}\}/g;

function filledLines(line: string, file: string, values: StubValues): string[] {
  const keys = [...line.matchAll(placeholder)].map(([, key = ""]) => key);
  const unknown = keys.find((key) => values[key] === undefined);
  if (unknown !== undefined) throw unknownPlaceholder(unknown, file, values);
  const times = Math.max(1, ...keys.map((key) => [values[key]].flat().length));
  return Array.from({ length: times }, (_, at) =>
    line.replace(placeholder, (_, key: string) => {
      const given = [values[key] as string | readonly string[]].flat();
      return given[given.length === 1 ? 0 : at] as string;
    }),
  );
}

function unknownPlaceholder(key: string, file: string, values: StubValues): LajuError {
  return new LajuError(`stub ${file} contains the unknown placeholder {{ ${key} }}`, {
    code: "E_STUB",
    hint: `Available placeholders: ${Object.keys(values)
      .map((name) => `{{ ${name} }}`)
      .join(", ")}.`,
  });
}

/** Whether the app has a stub of its own with this name, which replaces laju's. */
export function hasOwnStub(file: string): boolean {
  return existsSync(ownStub(file));
}

function readStub(file: string): string {
  return readFileSync(hasOwnStub(file) ? ownStub(file) : join(import.meta.dirname, "stubs", file), "utf8");
}

function ownStub(file: string): string {
  return join(paths.root, "stubs", file);
}
