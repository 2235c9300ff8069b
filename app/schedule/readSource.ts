import { createRequire } from "node:module";
import { LajuError } from "../errors";
import type { CommandForm, CommandMeta } from "./commandMeta";
import { literalValue, type Node, NotLiteral, propertyName, unwrapped } from "./literal";
import { fieldProblem, metaFields } from "./metaFields";
import { closest } from "./similar";

/** What a command's source says without being run. */
export interface SourceFacts {
  form: CommandForm;
  meta: CommandMeta;
  /** `await` outside every function: such a file cannot be compiled to CommonJS. */
  hasTopLevelAwait: boolean;
}

type Parser = typeof import("oxc-parser");
let parser: Parser | undefined;

/**
 * Reads the metadata of a command from its text. Nothing is executed: a script does its work when loaded.
 * Throws a LajuError that begins with `file:line:column` for a syntax error, an unknown or misspelt field,
 * a value that is not a literal, and a value that breaks the field's rule.
 */
export function readSource(text: string, file: string, name: string): SourceFacts {
  parser ??= createRequire(import.meta.url)("oxc-parser") as Parser;
  const { program, errors } = parser.parseSync(file, text, { lang: "ts" });
  const fail: Fail = (offset, message, hint) => {
    throw new LajuError(`${file}:${position(text, offset)}  ${message}`, {
      code: "E_METADATA",
      exitStatus: 2,
      hint,
    });
  };
  const [error] = errors;
  if (error !== undefined) fail(error.labels[0]?.start ?? 0, error.message, error.helpMessage ?? undefined);
  const body = program.body as unknown as Node[];
  const declared = declaredObject(body, fail);
  const meta = declared ?? exportedMeta(body);
  return {
    form: declared ? "declared" : "script",
    meta: meta ? readMeta(meta, name, fail) : {},
    hasTopLevelAwait: hasTopLevelAwait(parser, program),
  };
}

type Fail = (offset: number, message: string, hint?: string) => never;

/** The object given to `command()` in the default export, if there is one. */
function declaredObject(body: Node[], fail: Fail): Node | undefined {
  const exported = defaultExport(body);
  if (exported?.type !== "CallExpression" || exported.callee.type !== "Identifier") return undefined;
  if (!importsCommand(body, exported.callee.name)) return undefined;
  const object = exported.arguments[0] && followed(exported.arguments[0], body);
  if (object?.type === "ObjectExpression") return object;
  return fail(exported.start, "command() takes an object that stands in this file", "Write command({ … }).");
}

function defaultExport(body: Node[]): Node | undefined {
  for (const statement of body) {
    if (statement.type === "ExportDefaultDeclaration") return followed(statement.declaration, body);
    if (statement.type !== "ExportNamedDeclaration" || statement.source) continue;
    const named = statement.specifiers.find(
      (specifier: Node) => (specifier.exported.name ?? specifier.exported.value) === "default",
    );
    if (named) return followed(named.local, body);
  }
  return undefined;
}

/** Follows a name to the `const` of the same file that it stands for. */
function followed(wrapped: Node, body: Node[]): Node {
  const node = unwrapped(wrapped);
  if (node.type !== "Identifier") return node;
  const found = topLevelConstants(body).find(({ id }) => id.name === node.name);
  return found?.init ? unwrapped(found.init) : node;
}

function exportedMeta(body: Node[]): Node | undefined {
  const exported = body.filter(({ type }) => type === "ExportNamedDeclaration");
  const found = topLevelConstants(exported).find(({ id }) => id.name === "meta");
  return found?.init ? unwrapped(found.init) : undefined;
}

function topLevelConstants(body: Node[]): Node[] {
  return body
    .map((statement) => (statement.type === "ExportNamedDeclaration" ? statement.declaration : statement))
    .filter((statement) => statement?.type === "VariableDeclaration" && statement.kind === "const")
    .flatMap(({ declarations }) => declarations);
}

/** Whether a local name is the `command` of app/console/command, however it was renamed. */
function importsCommand(body: Node[], local: string): boolean {
  return body
    .filter(
      ({ type, source }) =>
        type === "ImportDeclaration" && /(^|\/)console\/command(\.[jt]s)?$/.test(source.value),
    )
    .flatMap(({ specifiers }) => specifiers)
    .some((specifier) => specifier.imported?.name === "command" && specifier.local.name === local);
}

function readMeta(object: Node, name: string, fail: Fail): CommandMeta {
  if (object.type !== "ObjectExpression") fail(object.start, "meta must be an object", "Write meta = { … }.");
  const meta: Record<string, unknown> = {};
  for (const property of object.properties as Node[]) {
    const field = fieldName(property, fail);
    if (field === "run") continue;
    const value = fieldValue(field, property.value, fail);
    const problem = fieldProblem(field, value, name);
    if (problem) fail(property.value.start, problem.message, problem.hint);
    meta[field] = value;
  }
  return meta as CommandMeta;
}

function fieldName(property: Node, fail: Fail): keyof CommandMeta | "run" {
  const name = orFail(() => propertyName(property), "metadata", fail);
  if (name === "run" || name in metaFields) return name as keyof CommandMeta | "run";
  const known = Object.keys(metaFields);
  const near = closest(name, [...known, "run"]);
  const hint = near ? `Did you mean ${near}?` : `The fields are ${known.join(", ")}.`;
  return fail(property.start, `unknown field "${name}"`, hint);
}

function fieldValue(field: string, node: Node, fail: Fail): unknown {
  return orFail(() => literalValue(node), field, fail);
}

function orFail<T>(read: () => T, field: string, fail: Fail): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NotLiteral)) throw error;
    return fail(
      error.node.start,
      `${field} must be a plain value, found ${error.what}`,
      "Metadata is read without running the file: write the value itself.",
    );
  }
}

function hasTopLevelAwait(
  { Visitor }: Parser,
  program: Parameters<InstanceType<Parser["Visitor"]>["visit"]>[0],
): boolean {
  let depth = 0;
  let found = false;
  const enter = () => {
    depth += 1;
  };
  const leave = () => {
    depth -= 1;
  };
  const check = (isAwait: boolean) => {
    if (isAwait && depth === 0) found = true;
  };
  new Visitor({
    FunctionDeclaration: enter,
    "FunctionDeclaration:exit": leave,
    FunctionExpression: enter,
    "FunctionExpression:exit": leave,
    ArrowFunctionExpression: enter,
    "ArrowFunctionExpression:exit": leave,
    AwaitExpression: () => check(true),
    ForOfStatement: (node) => check(node.await),
  }).visit(program);
  return found;
}

/** "line:column", both counted from 1. */
function position(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
