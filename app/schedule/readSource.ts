import type { CommandForm, CommandMeta } from "./commandMeta";
import { literalValue, type Node, NotLiteral, propertyName, unwrapped } from "./literal";
import { fieldProblem, metaFields } from "./metaFields";
import { defaultExport, followed, importsFrom, topLevelConstants } from "./moduleExports";
import { type Fail, type ParsedModule, parseModule } from "./parseModule";
import { closest } from "./similar";

/** What a command's source says without being run. */
export interface SourceFacts {
  form: CommandForm;
  meta: CommandMeta;
  /** `await` outside every function: such a file cannot be compiled to CommonJS. */
  hasTopLevelAwait: boolean;
}

/**
 * Reads the metadata of a command from its text. Nothing is executed: a script does its work when loaded.
 * Throws a LajuError that begins with `file:line:column` for a syntax error, an unknown or misspelt field,
 * a value that is not a literal, and a value that breaks the field's rule.
 */
export function readSource(text: string, file: string, name: string): SourceFacts {
  const module = parseModule(text, file);
  const { body, fail } = module;
  const declared = declaredObject(body, fail);
  const meta = declared ?? exportedMeta(body);
  return {
    form: declared ? "declared" : "script",
    meta: meta ? readMeta(meta, name, fail) : {},
    hasTopLevelAwait: hasTopLevelAwait(module),
  };
}

/** The object given to `command()` in the default export, if there is one. */
function declaredObject(body: Node[], fail: Fail): Node | undefined {
  const exported = defaultExport(body);
  if (exported?.type !== "CallExpression" || exported.callee.type !== "Identifier") return undefined;
  if (!importsFrom(body, /(^|\/)console\/command(\.[jt]s)?$/, "command", exported.callee.name))
    return undefined;
  const object = exported.arguments[0] && followed(exported.arguments[0], body);
  if (object?.type === "ObjectExpression") return object;
  return fail(exported.start, "command() takes an object that stands in this file", "Write command({ … }).");
}

function exportedMeta(body: Node[]): Node | undefined {
  const exported = body.filter(({ type }) => type === "ExportNamedDeclaration");
  const found = topLevelConstants(exported).find(({ id }) => id.name === "meta");
  return found?.init ? unwrapped(found.init) : undefined;
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

function hasTopLevelAwait({ parser: { Visitor }, program }: ParsedModule): boolean {
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
