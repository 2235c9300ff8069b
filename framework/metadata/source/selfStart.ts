import { codeReached, effectsOf, namesReached, ownFunctionCalled } from "./effects";
import { type Node, unwrapped } from "./literal";
import type { ModuleFile } from "./moduleExports";
import { childrenOf, isFunction } from "./names";

/** An exported function that laju could call, or an exported object that contains one. */
interface Startable {
  /** The export's names within this file. */
  names: string[];
  value: Node | undefined;
}

/**
 * Whether the module's own code calls the exported function or exits the process. Such a module is a script: it does
 * its work when it is loaded, and laju must not call the function again.
 */
export function startsItself({ names, value }: Startable, { body, fail }: ModuleFile): boolean {
  const effects = effectsOf(body).filter(({ node }) => unwrapped(node) !== value && !isGiven(node, names));
  const statements = effects.filter(({ isCertain }) => isCertain).map(({ node }) => node);
  if (isNamedIn(statements, names, body)) return true;
  const others = effects.filter(({ node, isCertain }) => !isCertain && isNamedIn([node], names, body));
  if (others.some(({ node }) => calls(node, names))) return true;
  if (others[0])
    fail(
      others[0].node.start,
      `this code may start ${names[0]}, and laju would start it a second time`,
      callIt,
    );
  return statements.some((node) => endsProcess(ownFunctionCalled(node, body), body));
}

/** Whether a statement only assigns the export a value: `run = async () => { … };` after `export let run`. */
function isGiven({ type, expression }: Node, names: string[]): boolean {
  if (type !== "ExpressionStatement" || expression.type !== "AssignmentExpression") return false;
  return names.includes(expression.left.name) && isFunction(unwrapped(expression.right));
}

const callIt =
  "Call it in a separate statement to make the file a script, or don't pass it to other code while the file is loading.";

function isNamedIn(nodes: Node[], names: string[], body: Node[]): boolean {
  const reached = namesReached(nodes, body);
  return names.some((name) => reached.has(name));
}

/** Whether code calls an export: `const done = run()`, `const done = job.run()`. */
function calls(node: Node, names: string[]): boolean {
  if (isFunction(node)) return false;
  const callee = node.type === "CallExpression" && unwrapped(node.callee);
  const called = callee && (callee.type === "MemberExpression" ? unwrapped(callee.object) : callee);
  return (called && names.includes(called.name)) || childrenOf(node).some((child) => calls(child, names));
}

function endsProcess(called: Node | undefined, body: Node[]): boolean {
  return called !== undefined && codeReached([called], body).some(namesExit);
}

function namesExit(node: Node): boolean {
  const isExit =
    node.type === "MemberExpression" &&
    node.object.name === "process" &&
    ["exit", "exitCode"].includes(node.property.name);
  return isExit || childrenOf(node).some(namesExit);
}
