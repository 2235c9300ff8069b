import { type Node, unwrapped } from "./literal";
import { declarationOf, exportsOf, topLevel } from "./moduleExports";
import { childrenOf, freeNames, isFunction } from "./names";

/** A side effect of loading a module. */
export interface Effect {
  node: Node;
  /** Whether this is certainly a side effect, and not just an initializer whose call may have none. */
  isCertain: boolean;
  /** The variables that contain its result. */
  names: string[];
}

/** Everything a module does when loaded, apart from declarations. */
export function effectsOf(body: Node[]): Effect[] {
  return body.flatMap((statement) => statementEffects(statement, body));
}

/**
 * Whether a module does its work when it is loaded. Creating values that only its own exports use doesn't count: a
 * helper module can compile a schema or open a client.
 */
export function hasEffectsOnLoad(body: Node[]): boolean {
  const used = namesReached(exportedNodes(body), body);
  const isForExports = ({ isCertain, names }: Effect) => !isCertain && names.some((name) => used.has(name));
  return effectsOf(body).some((effect) => !isForExports(effect));
}

/** All names that code uses, directly or through this file's functions, classes and values. */
export function namesReached(nodes: Node[], body: Node[]): Set<string> {
  return new Set(codeReached(nodes, body).flatMap((node) => [...freeNames(node)]));
}

/** Code, together with the declarations of this file that it refers to, directly or indirectly. */
export function codeReached(nodes: Node[], body: Node[]): Node[] {
  const found = new Set(nodes);
  for (const node of found) {
    for (const name of freeNames(node)) {
      const code = declarationOf(name, body)?.code;
      if (code) found.add(code);
    }
  }
  return [...found];
}

/** The function of this file that a call refers to, whether or not it is awaited. */
export function ownFunctionCalled(node: Node, body: Node[]): Node | undefined {
  switch (node.type) {
    case "AwaitExpression":
    case "UnaryExpression":
      return ownFunctionCalled(unwrapped(node.argument), body);
    case "ExpressionStatement":
    case "ChainExpression":
      return ownFunctionCalled(unwrapped(node.expression), body);
    case "CallExpression":
      return ownFunction(unwrapped(node.callee), body);
    default:
      return undefined;
  }
}

function ownFunction(callee: Node, body: Node[]): Node | undefined {
  if (isFunction(callee)) return callee;
  if (callee.type === "MemberExpression") return ownFunctionCalled(unwrapped(callee.object), body);
  if (callee.type !== "Identifier") return undefined;
  const { code } = declarationOf(callee.name, body) ?? {};
  return code && isFunction(unwrapped(code)) ? unwrapped(code) : undefined;
}

function exportedNodes(body: Node[]): Node[] {
  const named = exportsOf(body);
  const names = named.map(({ place }) => place.local ?? place.declaration ?? place);
  return [...names, ...named.flatMap(({ value }) => value ?? []), ...exportedVariables(body)];
}

/** `export const { a } = b`: all names in the pattern are exported. */
function exportedVariables(body: Node[]): Node[] {
  return body
    .filter(({ type, declaration }) => type === "ExportNamedDeclaration" && declaration?.declarations)
    .flatMap(({ declaration }) => declaration.declarations.map(({ id }: Node) => id));
}

const declaresOnly = /^(FunctionDeclaration|ExportAllDeclaration|EmptyStatement|TS(?!ModuleDeclaration)\w+)$/;

function statementEffects(statement: Node, body: Node[]): Effect[] {
  const [inner = statement] = topLevel([statement]);
  if (inner !== statement) {
    const isExpression = statement.type === "ExportDefaultDeclaration" && !/Declaration$/.test(inner.type);
    return isExpression ? valueEffects(inner, ["default"], body) : statementEffects(inner, body);
  }
  if (declaresOnly.test(statement.type) || statement.declare) return [];
  switch (statement.type) {
    case "ImportDeclaration":
      return statement.importKind !== "type" && statement.specifiers.length === 0 ? [certain(statement)] : [];
    case "ExportNamedDeclaration":
      return [];
    case "TSModuleDeclaration":
      return (statement.body?.body ?? []).flatMap((one: Node) => statementEffects(one, body));
    case "ClassDeclaration":
      return valueEffects(statement, [statement.id?.name ?? "default"], body);
    case "VariableDeclaration":
      return variableEffects(statement, body);
    case "ExpressionStatement":
      return isIdle(unwrapped(statement.expression)) ? [] : [certain(statement)];
    default:
      return [certain(statement)];
  }
}

function variableEffects(statement: Node, body: Node[]): Effect[] {
  if (/using/.test(statement.kind)) return [certain(statement)];
  return statement.declarations.flatMap(({ id, init }: Node) =>
    init ? valueEffects(init, [...freeNames(id)], body) : [],
  );
}

function certain(node: Node): Effect {
  return { node, isCertain: true, names: [] };
}

/** Whether a statement does nothing when it is evaluated: `"use strict"`, or an expression without a call. */
function isIdle({ type }: Node): boolean {
  return (
    type === "Literal" || type === "Identifier" || type === "TemplateLiteral" || type === "MemberExpression"
  );
}

/** The side effects of evaluating a value: its calls. */
function valueEffects(node: Node, names: string[], body: Node[]): Effect[] {
  const found = callsIn(node).filter((call) => !isHarmless(call, body));
  if (found.length === 0) return [];
  return [{ node, names, isCertain: found.some((call) => isWork(call, body)) }];
}

/** The calls that are made immediately: not those inside functions, and in classes only static ones. */
function callsIn(node: Node): Node[] {
  if (isFunction(node)) return [];
  if (node.type === "PropertyDefinition" && !node.static) return [];
  const isCall =
    /^(Call|New|TaggedTemplate|Import|Await|Assignment|Update)Expression$/.test(node.type) ||
    node.type === "StaticBlock" ||
    node.type === "Decorator";
  return [...(isCall ? [node] : []), ...childrenOf(node).flatMap(callsIn)];
}

/**
 * Whether a call does work rather than just compute a value, because it is awaited or calls one of the file's own async
 * functions.
 */
function isWork(call: Node, body: Node[]): boolean {
  if (/^(Await|Assignment|Update)Expression$|^StaticBlock$|^Decorator$/.test(call.type)) return true;
  const own = ownFunctionCalled(call, body);
  return own?.async === true;
}

const harmless = new Set(
  `Array BigInt Boolean Buffer Date Error Intl JSON Map Math Number Object RegExp Set String Symbol URL URLSearchParams
   WeakMap WeakSet TextDecoder TextEncoder AbortController parseFloat parseInt structuredClone`.split(/\s+/),
);
const harmlessOfProcess = new Set(["env", "argv", "cwd", "platform", "versions", "hrtime"]);

/**
 * Whether a call has no side effects: built-in functions that create values, methods of literals, and reading the
 * environment.
 */
function isHarmless(call: Node, body: Node[]): boolean {
  if (!/^(Call|New)Expression$/.test(call.type)) return false;
  let first: Node | undefined;
  let root = unwrapped(call.callee);
  while (["MemberExpression", "CallExpression", "NewExpression", "ChainExpression"].includes(root.type)) {
    if (root.type === "MemberExpression") first = root.property;
    root = unwrapped(root.object ?? root.callee ?? root.expression);
  }
  if (root.type !== "Identifier") {
    return ["Literal", "TemplateLiteral", "ArrayExpression", "MetaProperty"].includes(root.type);
  }
  if (declarationOf(root.name, body) !== undefined || isImported(root.name, body)) return false;
  return root.name === "process" ? harmlessOfProcess.has(first?.name) : harmless.has(root.name);
}

function isImported(name: string, body: Node[]): boolean {
  return body.some(
    ({ type, specifiers }) =>
      type === "ImportDeclaration" && specifiers.some(({ local }: Node) => local.name === name),
  );
}
