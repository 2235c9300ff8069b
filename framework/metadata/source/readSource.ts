import { closest } from "../../text/similar";
import type { CommandForm, CommandMeta } from "../commandMeta";
import { fieldProblem, metaFields } from "../metaFields";
import { type CommandStart, formOf } from "./commandForm";
import { literalValue, type Node, NotLiteral, propertyName } from "./literal";
import { type Fail, type ParsedModule, parseModule } from "./parseModule";

/** What a command's source says about it, determined without running it. */
export interface SourceFacts {
  form: CommandForm;
  start: CommandStart;
  meta: CommandMeta;
  /** Whether the file uses `await` outside functions, so that it can't be compiled to CommonJS. */
  hasTopLevelAwait: boolean;
  /**
   * Whether the file imports none of the app's files. tsx would then never start its run, because laju starts a run
   * from within an imported module.
   */
  isAlone: boolean;
}

/**
 * Reads a command's metadata from its source text, without executing it, because a script does its work when loaded.
 * Undefined for a helper module. Throws a LajuError whose message begins with `file:line:column` for a syntax error, a
 * file without any effect, an unknown field, a value that is not a literal, and an invalid value.
 */
export function readSource(text: string, file: string, name: string): SourceFacts | undefined {
  const module = parseModule(text, file);
  const { body, fail } = module;
  const found = formOf(body, fail);
  if (found.form === "helpers") return undefined;
  return {
    form: found.form,
    start: found.start,
    meta: found.meta ? readMeta(found.meta, name, fail) : {},
    hasTopLevelAwait: hasTopLevelAwait(module),
    isAlone: found.start !== "nothing" && !importsFiles(body),
  };
}

function importsFiles(body: Node[]): boolean {
  return body.some(
    ({ source, importKind, exportKind }) =>
      source &&
      importKind !== "type" &&
      exportKind !== "type" &&
      /^([./@#~]|app\/|laju\/)/.test(source.value),
  );
}

function readMeta(object: Node, name: string, fail: Fail): CommandMeta {
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
      "laju reads metadata without running the file: write the value itself.",
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
    VariableDeclaration: ({ kind }) => check(kind === "await using"),
  }).visit(program);
  return found;
}
