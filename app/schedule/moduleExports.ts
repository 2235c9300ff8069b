import { type Node, unwrapped } from "./literal";

/** What a module exports by default, followed to the constant that it names. */
export function defaultExport(body: Node[]): Node | undefined {
  for (const statement of body) {
    if (statement.type === "ExportDefaultDeclaration") return followed(statement.declaration, body);
    if (statement.type !== "ExportNamedDeclaration" || statement.source) continue;
    const named = statement.specifiers.find((specifier: Node) => exportedName(specifier) === "default");
    if (named) return followed(named.local, body);
  }
  return undefined;
}

/** Follows a name to the `const` of the same file that it stands for. */
export function followed(wrapped: Node, body: Node[]): Node {
  const node = unwrapped(wrapped);
  if (node.type !== "Identifier") return node;
  const found = topLevelConstants(body).find(({ id }) => id.name === node.name);
  return found?.init ? unwrapped(found.init) : node;
}

export function topLevelConstants(body: Node[]): Node[] {
  return body
    .map((statement) => (statement.type === "ExportNamedDeclaration" ? statement.declaration : statement))
    .filter((statement) => statement?.type === "VariableDeclaration" && statement.kind === "const")
    .flatMap(({ declarations }) => declarations);
}

/** Whether a module exports something of that name, as far as its own text tells. */
export function exportsName(body: Node[], name: string): boolean {
  return body.some((statement) => {
    if (statement.type === "ExportAllDeclaration") return true;
    if (statement.type !== "ExportNamedDeclaration") return false;
    const { declaration, specifiers } = statement;
    return (
      declaration?.id?.name === name ||
      (declaration?.declarations ?? []).some((one: Node) => one.id.name === name) ||
      specifiers.some((specifier: Node) => exportedName(specifier) === name)
    );
  });
}

/** Whether a local name is the export of that name of a module, however it was renamed. */
export function importsFrom(body: Node[], module: RegExp, name: string, local: string): boolean {
  return body
    .filter(({ type, source }) => type === "ImportDeclaration" && module.test(source.value))
    .flatMap(({ specifiers }) => specifiers)
    .some((specifier) => specifier.imported?.name === name && specifier.local.name === local);
}

function exportedName({ exported }: Node): string {
  return exported.name ?? exported.value;
}
