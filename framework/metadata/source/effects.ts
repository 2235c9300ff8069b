import { type Node, unwrapped } from "./literal";
import { declarationOf, exportsOf, topLevel } from "./moduleExports";
import { childrenOf, freeNames, isFunction } from "./names";

/** A side effect that happens when a module is loaded. */
export interface Effect {
  node: Node;
  /**
   * Whether this is certainly a side effect. An initializer with an unknown call, such as `const x = open()`, may have
   * none.
   */
  isCertain: boolean;
  /** The variables to which the result is assigned. */
  names: string[];
}

/** All side effects of loading a module. Declarations of functions and classes have none. */
export function effectsOf(body: Node[]): Effect[] {
  return body.flatMap((statement) => statementEffects(statement, body));
}

/**
 * Whether a module does its work when it is loaded. Values that only its own exports use don't count, because a helper
 * module may compile a schema or open a client for its functions.
 */
export function hasEffectsOnLoad(body: Node[]): boolean {
  const used = namesReached(exportedNodes(body), body);
  const isForExports = ({ isCertain, names }: Effect) => !isCertain && names.some((name) => used.has(name));
  return effectsOf(body).some((effect) => !isForExports(effect));
}

/** All names that this code uses, itself or through functions, classes and values of this file. */
export function namesReached(nodes: Node[], body: Node[]): Set<string> {
  return new Set(codeReached(nodes, body).flatMap((node) => [...freeNames(node)]));
}

/** The code itself, and all declarations in this file to which it refers directly or indirectly. */
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

/** The function of this file that an expression calls, whether or not the call is awaited. */
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

/** The name or pattern of each exported variable. `export const { a } = b` exports all names in its pattern. */
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

/** Whether a statement has no effect, such as `"use strict"` or a name without a call. */
function isIdle({ type }: Node): boolean {
  return (
    type === "Literal" || type === "Identifier" || type === "TemplateLiteral" || type === "MemberExpression"
  );
}

/** The side effect of evaluating an expression: the calls in it that may do something. */
function valueEffects(node: Node, names: string[], body: Node[]): Effect[] {
  const found = callsIn(node).filter((call) => !isHarmless(call, body));
  if (found.length === 0) return [];
  return [{ node, names, isCertain: found.some((call) => isWork(call, body)) }];
}

/** The calls made while the expression is evaluated: not those inside functions, and in classes only static ones. */
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
 * Whether a call does work rather than just compute a value: it is awaited, or calls an async function of this file.
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
 * Whether a call certainly has no side effects: it creates a value with a built-in function, calls a method of a
 * literal, or reads the environment.
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
