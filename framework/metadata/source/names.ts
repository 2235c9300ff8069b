import type { Node } from "./literal";

/** The names that a piece of code uses but doesn't declare, so they refer to the surrounding module or are global. */
export function freeNames(node: Node): Set<string> {
  const free = new Set<string>();
  collect(node, [], free);
  return free;
}

/** The variables that a pattern declares: `a`, `{ a, b: [c] }`. */
export function boundNames(pattern: Node | null): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((one: Node) => boundNames(one.value ?? one.argument));
    case "ArrayPattern":
      return pattern.elements.flatMap(boundNames);
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "RestElement":
      return boundNames(pattern.argument);
    case "TSParameterProperty":
      return boundNames(pattern.parameter);
    default:
      return [];
  }
}

/** The nodes directly within a node, in order. Types are left out. */
export function childrenOf(node: Node): Node[] {
  return Object.entries(node)
    .filter(([key]) => !isLabel(node, key))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter((value): value is Node => typeof value?.type === "string" && !isType(value));
}

export function isFunction({ type }: Node): boolean {
  return ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"].includes(type);
}

function collect(node: Node, scopes: readonly Set<string>[], free: Set<string>): void {
  if (node.type === "Identifier") {
    if (!scopes.some((names) => names.has(node.name))) free.add(node.name);
    return;
  }
  const inner = opensScope(node) ? [...scopes, new Set(declaredIn(node))] : scopes;
  for (const child of childrenOf(node)) collect(child, inner, free);
}

function opensScope(node: Node): boolean {
  return (
    isFunction(node) || /^(BlockStatement|StaticBlock|For\w*Statement|CatchClause|Class\w+)$/.test(node.type)
  );
}

/** The names declared anywhere in a scope. Declarations count for the whole scope, even before their statement. */
function declaredIn(scope: Node): string[] {
  const own = scope.id ? boundNames(scope.id) : [];
  const given = [...(scope.params ?? []), ...(scope.param ? [scope.param] : [])].flatMap(boundNames);
  return [...own, ...given, ...childrenOf(scope).flatMap(declarations)];
}

function declarations(node: Node): string[] {
  if (node.type === "VariableDeclaration") return node.declarations.flatMap(({ id }: Node) => boundNames(id));
  if (/^(Function|Class)Declaration$/.test(node.type)) return boundNames(node.id);
  return opensScope(node) && node.type !== "BlockStatement" ? [] : childrenOf(node).flatMap(declarations);
}

/** Whether a child is only a label and not a reference to a variable: `name` in `x.name` or `{ name: x }`. */
function isLabel(node: Node, key: string): boolean {
  if (key === "property") return node.type === "MemberExpression" && !node.computed;
  if (key === "key") return !node.computed;
  return key === "label" || (node.type === "MetaProperty" && key === "meta");
}

const codeOfTypeScript = [
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
  "TSParameterProperty",
  "TSEnumDeclaration",
  "TSEnumBody",
  "TSEnumMember",
  "TSModuleDeclaration",
  "TSModuleBlock",
];

function isType({ type }: Node): boolean {
  return type.startsWith("TS") && !codeOfTypeScript.includes(type);
}
