import { closest } from "../../text/similar";
import { handlerHint, handlerOptionsText, unknownOptionHint } from "./handlerHints";
import { handlerOptions, isHandlerOption, isMistakenOption, optionProblem } from "./handlerOptions";
import { literalValue, type Node, NotLiteral, propertyName, unwrapped } from "./literal";
import { type Exported, exportNamed, exportsName, exportsOf, followed, importsFrom } from "./moduleExports";
import { type Fail, parseModule } from "./parseModule";

/**
 * Validates a handler's file: `export default job("its/own/name", …)`, `export default { run }`, or a plain `export
 * function run` with exported options. Executes no code, so values that are known only at run time are left to the
 * worker to check. Throws a LajuError whose message begins with `file:line:column`.
 */
export function checkJob(text: string, file: string, name: string): void {
  const { body, fail } = parseModule(text, file);
  const exports = exportsOf(body);
  const checked = { body, exports, name, fail };
  const exported = exportNamed("default", exports);
  if (exported === undefined) checkPlain(checked);
  else checkDefault(exported, checked);
}

interface Checked {
  body: Node[];
  exports: Exported[];
  name: string;
  fail: Fail;
}

function checkDefault({ value, place }: Exported, file: Checked): void {
  const { body, exports, name, fail } = file;
  for (const option of handlerOptions) {
    const beside = exportNamed(option, exports);
    if (beside === undefined) continue;
    fail(
      beside.place.start,
      `the file exports ${option} in addition to its default export`,
      "Move it into the default export.",
    );
  }
  // The default export comes from another file or from a call, so only the worker can check it.
  if (value === undefined) return;
  if (neverHandlers.includes(value.type))
    fail(place.start, "the default export is not a handler", handlerHint(name));
  if (value.type === "ObjectExpression") checkDefinition(value, file);
  if (value.type !== "CallExpression" || value.callee.type !== "Identifier") return;
  if (!importsFrom(body, /(^|\/)queue\/job(\.[jt]s)?$|^laju\/job$/, "job", value.callee.name)) return;
  const [argument, definition] = value.arguments;
  if (argument === undefined) fail(value.start, "job() has no name", handlerHint(name));
  checkName(argument, name, fail);
  if (definition === undefined) fail(value.start, "job() has no handler", handlerHint(name));
  const object = followed(definition, body);
  if (object.type === "ObjectExpression") checkDefinition(object, file);
}

const neverHandlers = [
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassDeclaration",
  "ClassExpression",
  "Literal",
  "TemplateLiteral",
  "ArrayExpression",
];

/** Checks the object of `export default { … }`, or of job(…). */
function checkDefinition(object: Node, file: Checked): void {
  const { body, name, fail } = file;
  const properties = object.properties.filter((one: Node) => one.type !== "SpreadElement" && !one.computed);
  const isOpen = properties.length < object.properties.length;
  for (const property of properties) checkProperty(property, file);
  const run = properties.find((one: Node) => propertyName(one) === "run");
  if (run === undefined && !isOpen) fail(object.start, "the handler has no run", handlerHint(name));
  if (run === undefined) return;
  if (isNoFunction(run.value, body)) fail(run.start, "run is not a function", handlerHint(name));
  refuseGenerator(run, run.value, file);
}

/** Fails if `run` is a generator function, because calling one does not run its body. */
function refuseGenerator(place: Node, value: Node, { body, fail }: Checked): void {
  if (!followed(value, body).generator) return;
  fail(place.start, "run is a generator function", "Write async run() { … }, without the *.");
}

function checkProperty(property: Node, { body, name, fail }: Checked): void {
  const key = propertyName(property);
  if (isHandlerOption(key)) checkOption(key, property.value, body, fail);
  if (key === "name") checkName(property.value, name, fail);
  if (isHandlerOption(key) || key === "name" || key === "run") return;
  fail(property.start, `a job has no option ${key}`, unknownOptionHint(key));
}

/** Checks a file with `export function run`, and options such as `export const attempts = 5` next to it. */
function checkPlain(file: Checked): void {
  const { body, exports, name, fail } = file;
  if (!exportsName(body, "run")) fail(0, "the file exports no handler", handlerHint(name));
  const run = exportNamed("run", exports)?.value;
  if (run !== undefined && isNoFunction(run, body))
    fail(run.start, "run is not a function", "export async function run({ job }) { … }");
  if (run !== undefined) refuseGenerator(run, run, file);
  for (const option of handlerOptions) {
    const value = exportNamed(option, exports)?.value;
    if (value !== undefined) checkOption(option, value, body, fail);
  }
  for (const { name: other, place, value, declared } of exports) {
    if (!isMistakenOption(other) || declared === "type" || !mayBeOption(value)) continue;
    fail(place.start, `a job has no option ${other}`, unknownOptionHint(other));
  }
}

/** Whether an export could be a misspelled option. Exported functions and objects never are, so any name is fine. */
function mayBeOption(value: Node | undefined): boolean {
  return (
    value !== undefined &&
    ["Literal", "TemplateLiteral", "UnaryExpression", "BinaryExpression"].includes(value.type)
  );
}

function isNoFunction(value: Node, body: Node[]): boolean {
  const node = followed(value, body);
  const others = ["Literal", "TemplateLiteral", "ObjectExpression", "ArrayExpression"];
  return others.includes(node.type);
}

function checkOption(option: (typeof handlerOptions)[number], value: Node, body: Node[], fail: Fail): void {
  const node = followed(value, body);
  // A function or class is never a valid value of an option.
  if (/Function|Class/.test(node.type))
    fail(value.start, `${option} is not a valid value`, handlerOptionsText);
  const problem = optionProblem(option, knownValue(node));
  if (problem !== undefined) fail(unwrapped(value).start, ...problem);
}

/** The value; undefined if it is known only at run time. */
function knownValue(node: Node): unknown {
  try {
    return literalValue(node);
  } catch (error) {
    if (error instanceof NotLiteral) return undefined;
    throw error;
  }
}

function checkName(argument: Node, name: string, fail: Fail): void {
  const declared = nameOf(argument, name, fail);
  if (declared === name) return;
  const right = `job(${JSON.stringify(name)}, …)`;
  const isNear = closest(String(declared), [name]) !== undefined;
  fail(
    argument.start,
    `job(${JSON.stringify(declared)}, …) does not match its file name`,
    isNear ? `Did you mean ${right}?` : `Write ${right}, or rename the file.`,
  );
}

function nameOf(argument: Node, name: string, fail: Fail): unknown {
  try {
    return literalValue(argument);
  } catch (error) {
    if (!(error instanceof NotLiteral)) throw error;
    return fail(
      error.node.start,
      `a job name must be a plain string, found ${error.what}`,
      handlerHint(name),
    );
  }
}
