import { type Node, nameOf, propertyNamed } from "./literal";
import { exportNamed, followed, importsAll, importsFrom, type ModuleFile } from "./moduleExports";
import { childrenOf, isFunction } from "./names";

/** The object passed to `command()` in the default export. */
export function declaredObject({ body, exports, fail }: ModuleFile): Node | undefined {
  const value = exportNamed("default", exports)?.value;
  if (value?.type !== "CallExpression") return undefined;
  const argument = value.arguments[0] && followed(value.arguments[0], body);
  if (isCommandCall(value, body)) {
    if (argument?.type === "ObjectExpression") return argument;
    return fail(
      value.start,
      "the argument of command() must be an object literal in this file",
      "Write command({ … }).",
    );
  }
  if (argument?.type !== "ObjectExpression" || !propertyNamed("run", argument)) return undefined;
  return fail(
    value.start,
    "commands are declared with command({ … }) from app/console/command, not with another function",
    "Call laju's command(), or write export default { … }.",
  );
}

/**
 * Fails for a call of `command()` outside the default export. Such a call only declares a command, and nothing starts
 * it.
 */
export function refuseStrayCommands({ body, fail }: ModuleFile): void {
  const found = body.flatMap(callsAtOnce).find((call) => isCommandCall(call, body));
  if (found === undefined) return;
  fail(
    found.start,
    "command() does nothing unless it is the default export",
    "Write export default command({ … }).",
  );
}

const writeExport = "Write export async function run() { … }.";

/** Fails for CommonJS exports, because tsx runs these files as ES modules, which have no `module.exports`. */
export function refuseCommonJs({ body, fail }: ModuleFile): void {
  const found = body.find((statement) => statement.type === "TSExportAssignment" || setsExports(statement));
  if (found) fail(found.start, "commands are ES modules, which have no module.exports", writeExport);
}

function isCommandCall({ callee }: Node, body: Node[]): boolean {
  const module = /(^|[/#@])console\/command(\.[jt]s)?$|(^|\/)start\/command(\.[jt]s)?$|^laju\/command$/;
  if (callee.type === "Identifier") return importsFrom(body, module, "command", callee.name);
  if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return false;
  return nameOf(callee.property) === "command" && importsAll(body, module, callee.object.name);
}

function callsAtOnce(node: Node): Node[] {
  if (isFunction(node)) return [];
  return [...(node.type === "CallExpression" ? [node] : []), ...childrenOf(node).flatMap(callsAtOnce)];
}

/** Whether a statement is `module.exports = …`, `module.exports.run = …` or `exports.run = …`. */
function setsExports({ type, expression }: Node): boolean {
  if (type !== "ExpressionStatement" || expression.type !== "AssignmentExpression") return false;
  const { left } = expression;
  if (left.type !== "MemberExpression") return false;
  const { object, property } = left.object.type === "MemberExpression" ? left.object : left;
  return object.name === "exports" || (object.name === "module" && nameOf(property) === "exports");
}
