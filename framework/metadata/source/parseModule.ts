import { createRequire } from "node:module";
import { LajuError } from "../../config/errors";
import type { Node } from "./literal";

export type Parser = typeof import("oxc-parser");
type Program = Parameters<InstanceType<Parser["Visitor"]>["visit"]>[0];

/** A source file's syntax tree, and a function for reporting errors at a position in it. */
export interface ParsedModule {
  body: Node[];
  program: Program;
  parser: Parser;
  fail: Fail;
}

/** Throws a LajuError whose message begins with `file:line:column`. */
export type Fail = (offset: number, message: string, hint?: string) => never;

let parser: Parser | undefined;

/** Parses a source without executing it. A syntax error is a LajuError with its position. */
export function parseModule(text: string, file: string): ParsedModule {
  parser ??= createRequire(import.meta.url)("oxc-parser") as Parser;
  const { program, errors } = parser.parseSync(file, text, { lang: "ts", sourceType: "module" });
  const fail: Fail = (offset, message, hint) => {
    throw new LajuError(`${file}:${position(text, offset)}  ${message}`, {
      code: "E_METADATA",
      exitStatus: 2,
      hint,
    });
  };
  const [error] = errors;
  if (error !== undefined) fail(error.labels[0]?.start ?? 0, error.message, error.helpMessage ?? undefined);
  return { body: program.body as unknown as Node[], program, parser, fail };
}

/** The position of an offset as "line:column", both counted from 1. */
function position(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
