/** The parts of an ESTree node that are used here. */
export interface Node {
  type: string;
  start: number;
  end: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape depends on `type`, which every caller checks.
  [field: string]: any;
}

/** Thrown for a value that can't be determined without running the file. */
export class NotLiteral extends Error {
  constructor(
    readonly node: Node,
    readonly what: string,
  ) {
    super(what);
  }
}

/** The expression without `as const`, `satisfies X`, `as X`, `!` and parentheses around it. */
export function unwrapped(node: Node): Node {
  const wrappers = [
    "TSAsExpression",
    "TSSatisfiesExpression",
    "TSNonNullExpression",
    "TSTypeAssertion",
    "ParenthesizedExpression",
  ];
  return wrappers.includes(node.type) ? unwrapped(node.expression) : node;
}

/** The value of a literal, or of an array or object of literals. Throws NotLiteral for anything else. */
export function literalValue(wrapped: Node): unknown {
  const node = unwrapped(wrapped);
  switch (node.type) {
    case "Literal":
      if (node.regex || node.bigint) throw new NotLiteral(node, node.regex ? "a pattern" : "a bigint");
      return node.value;
    case "TemplateLiteral":
      if (node.expressions.length > 0) throw new NotLiteral(node, "a template with values");
      return node.quasis[0].value.cooked;
    case "UnaryExpression":
      return signedNumber(node);
    case "ArrayExpression":
      return node.elements.map((element: Node | null) => {
        if (element === null) throw new NotLiteral(node, "an array with holes");
        return literalValue(element);
      });
    case "ObjectExpression":
      return Object.fromEntries(node.properties.map((property: Node) => literalProperty(property)));
    default:
      throw new NotLiteral(node, nameOfNode(node));
  }
}

/** The name of an object's property. Throws NotLiteral for a spread or a computed name. */
export function propertyName(property: Node): string {
  if (property.type === "SpreadElement") throw new NotLiteral(property, "a spread");
  if (property.computed) throw new NotLiteral(property.key, "a computed name");
  return String(property.key.type === "Identifier" ? property.key.name : property.key.value);
}

/** The property of an object that has this name. Ignores computed names. */
export function propertyNamed(name: string, object: Node): Node | undefined {
  return object.properties.find(({ key, computed }: Node) => key && !computed && nameOf(key) === name);
}

/** The text of an identifier, or of a string in its place: `export { a as "b" }`. */
export function nameOf({ name, value }: Node): string {
  return name ?? value;
}

function literalProperty(property: Node): [string, unknown] {
  const name = propertyName(property);
  return [name, literalValue(property.value)];
}

function signedNumber(node: Node): number {
  const value = node.operator === "-" || node.operator === "+" ? literalValue(node.argument) : undefined;
  if (typeof value !== "number") throw new NotLiteral(node, "an expression");
  return node.operator === "-" ? -value : value;
}

function nameOfNode({ type }: Node): string {
  const names: Record<string, string> = {
    CallExpression: "a call",
    NewExpression: "a call",
    ImportExpression: "a call",
    Identifier: "a variable",
    MemberExpression: "a property access",
    ArrowFunctionExpression: "a function",
    FunctionExpression: "a function",
    TaggedTemplateExpression: "a tagged template",
    SpreadElement: "a spread",
  };
  return names[type] ?? "an expression";
}
