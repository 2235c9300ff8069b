import { type Node, nameOf, unwrapped } from "./literal";
import { boundNames } from "./names";
import type { Fail } from "./parseModule";

/** A module's statements and exports, and a function for reporting errors in it. */
export interface ModuleFile {
  body: Node[];
  exports: Exported[];
  fail: Fail;
}

/** A value that a module exports under a name. */
export interface Exported {
  name: string;
  /** The syntax node of the export. */
  place: Node;
  /** The exported value, resolved to its declaration in this file; undefined if it comes from another module. */
  value: Node | undefined;
  /** The names of the exported value within this file. */
  locals: string[];
  /** How the value is declared; undefined for an expression, or if the value comes from another module. */
  declared?: "const" | "let" | "var" | "using" | "function" | "class" | "type" | undefined;
}

/** The values that a module exports by name, not including types and `export *`. */
export function exportsOf(body: Node[]): Exported[] {
  return body.flatMap((statement) => {
    switch (statement.type) {
      case "ExportDefaultDeclaration": {
        const { declaration } = statement;
        return isTypeDeclaration(declaration) ? [] : [ofThisFile("default", declaration, declaration, body)];
      }
      case "ExportAllDeclaration":
        return statement.exported && statement.exportKind !== "type"
          ? [ofAnotherFile(nameOf(statement.exported), statement)]
          : [];
      case "ExportNamedDeclaration":
        return statement.exportKind === "type" ? [] : namedExports(statement, body);
      default:
        return [];
    }
  });
}

export function exportNamed(name: string, exports: Exported[]): Exported | undefined {
  return exports.find((exported) => exported.name === name);
}

/** A module's default export, resolved to the constant to which it refers. */
export function defaultExport(body: Node[]): Node | undefined {
  for (const statement of body) {
    if (statement.type === "ExportDefaultDeclaration") return followed(statement.declaration, body);
    if (statement.type !== "ExportNamedDeclaration" || statement.source) continue;
    const named = statement.specifiers.find((specifier: Node) => nameOf(specifier.exported) === "default");
    if (named) return followed(named.local, body);
  }
  return undefined;
}

/** Resolves a name to the value of the `const` with that name in the same file. */
export function followed(wrapped: Node, body: Node[], steps = 9): Node {
  const node = unwrapped(wrapped);
  if (node.type !== "Identifier" || steps === 0) return node;
  const found = topLevelConstants(body).find(({ id }) => id.name === node.name);
  return found?.init ? followed(found.init, body, steps - 1) : node;
}

export function topLevelConstants(body: Node[]): Node[] {
  return topLevel(body)
    .filter((statement) => statement?.type === "VariableDeclaration" && statement.kind === "const")
    .flatMap(({ declarations }) => declarations);
}

/** A module's statements, with each `export` unwrapped to the declaration it exports. */
export function topLevel(body: Node[]): Node[] {
  return body.map(
    (statement) => (/^Export\w+Declaration$/.test(statement.type) && statement.declaration) || statement,
  );
}

/** The declaration of a name in this file. */
export function declarationOf(name: string, body: Node[]): Declaration | undefined {
  return topLevel(body)
    .flatMap(declarationsOf)
    .find((one) => one.names.includes(name));
}

/** Whether a module exports that name, or could do so through `export *`. */
export function exportsName(body: Node[], name: string): boolean {
  return (
    body.some(({ type }) => type === "ExportAllDeclaration") ||
    exportsOf(body).some((one) => one.name === name)
  );
}

/** Whether a local name is the export `name` of a module, possibly renamed on import. */
export function importsFrom(body: Node[], module: RegExp, name: string, local: string): boolean {
  return importsOf(body, module).some(
    (specifier) => specifier.imported?.name === name && specifier.local.name === local,
  );
}

/** Whether a local name stands for all exports of a module: `import * as name from "…"`. */
export function importsAll(body: Node[], module: RegExp, local: string): boolean {
  return importsOf(body, module).some(
    (specifier) => specifier.type === "ImportNamespaceSpecifier" && specifier.local.name === local,
  );
}

/** A declaration: of a function, a class, or variables with their initializer. */
export interface Declaration {
  names: string[];
  code: Node | undefined;
  /** The initializer, if the declaration has a single name. `const { a, b } = code` has several. */
  value: Node | undefined;
  declared: Exported["declared"];
}

function declarationsOf(statement: Node): Declaration[] {
  switch (statement.type) {
    case "VariableDeclaration":
      if (statement.declare) return [];
      return statement.declarations.map(({ id, init }: Node) => ({
        names: boundNames(id),
        code: init ?? undefined,
        value: id.type === "Identifier" && init ? unwrapped(init) : undefined,
        declared: /using/.test(statement.kind) ? "using" : statement.kind,
      }));
    case "FunctionDeclaration":
      return [ofItself(statement, "function")];
    case "ClassDeclaration":
      return statement.declare ? [] : [ofItself(statement, "class")];
    default:
      return [];
  }
}

function ofItself(statement: Node, declared: "function" | "class"): Declaration {
  return { names: boundNames(statement.id), code: statement, value: statement, declared };
}

function namedExports({ declaration, specifiers, source }: Node, body: Node[]): Exported[] {
  if (declaration) return declaredExports(declaration, body);
  return specifiers
    .filter(({ exportKind }: Node) => exportKind !== "type")
    .map((specifier: Node) => {
      const name = nameOf(specifier.exported);
      return source ? ofAnotherFile(name, specifier) : ofThisFile(name, specifier, specifier.local, body);
    });
}

/** The exports of a declaration: `export const a = …, b = …`, `export function a() {}`, `export enum A {}`. */
function declaredExports(declaration: Node, body: Node[]): Exported[] {
  const found = declarationsOf(declaration);
  if (found.length === 0 && declaration.id && !isTypeDeclaration(declaration)) {
    const name = nameOf(declaration.id);
    return [{ name, place: declaration, value: declaration, locals: [name] }];
  }
  return found.flatMap(({ names, value, declared }) =>
    names.map((name) => ({
      name,
      place: declaration,
      value: value && followed(value, body),
      declared,
      locals: [name, ...namesOfValue(value && followed(value, body), body)],
    })),
  );
}

function ofAnotherFile(name: string, place: Node): Exported {
  return { name, place, value: undefined, locals: [] };
}

function ofThisFile(name: string, place: Node, wrapped: Node, body: Node[]): Exported {
  const named = unwrapped(wrapped);
  const own = named.type === "Identifier" ? declarationOf(named.name, body) : undefined;
  const last = followed(named, body);
  const value = last.type === "Identifier" ? declarationOf(last.name, body)?.value : last;
  const declared = own?.declared ?? (isTypeName(named.name, body) ? "type" : undefined);
  const locals = [named.name ?? named.id?.name, ...namesOfValue(value, body)].filter(Boolean);
  return { name, place, value, declared, locals };
}

/** The names of all variables in this file that have this value. */
function namesOfValue(value: Node | undefined, body: Node[]): string[] {
  if (value === undefined) return [];
  return topLevel(body)
    .flatMap(declarationsOf)
    .filter((one) => one.value && followed(one.value, body) === value)
    .flatMap(({ names }) => names);
}

/** Whether a name is a type: TypeScript treats `interface Row {}; export { Row }` as the export of a type. */
function isTypeName(name: string, body: Node[]): boolean {
  return topLevel(body).some((statement) => isTypeDeclaration(statement) && statement.id?.name === name);
}

function isTypeDeclaration({ type }: Node): boolean {
  return ["TSInterfaceDeclaration", "TSTypeAliasDeclaration", "TSDeclareFunction"].includes(type);
}

function importsOf(body: Node[], module: RegExp): Node[] {
  return body
    .filter(({ type, source }) => type === "ImportDeclaration" && module.test(source.value))
    .flatMap(({ specifiers }) => specifiers);
}
