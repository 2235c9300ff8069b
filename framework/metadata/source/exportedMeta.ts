import { type Node, unwrapped } from "./literal";
import { exportNamed, followed, type ModuleFile, topLevel } from "./moduleExports";

/** Exported metadata: the node of the export, and that of the object. */
export interface ExportedMeta {
  place: Node;
  object: Node;
}

/** The object that a module exports as `meta`, in any notation. Fails, with the position, if it can't be read. */
export function exportedMeta({ exports, fail }: ModuleFile): ExportedMeta | undefined {
  const meta = exportNamed("meta", exports);
  if (meta === undefined || meta.declared === "type") return undefined;
  const { place, value, declared } = meta;
  if (declared === "let" || declared === "var") {
    fail(place.start, "meta must be a const: its value could change", "Write export const meta = { … }.");
  }
  if (value === undefined) {
    return fail(
      place.start,
      "meta must be written in this file",
      "laju reads metadata without importing other files.",
    );
  }
  if (value.type === "ObjectExpression") return { place, object: value };
  return fail(value.start, "meta must be an object", "Write meta = { … }.");
}

/** Fails if a variable contains metadata but is not exported as `meta`, because laju would ignore it. */
export function refuseHiddenMeta({ body, fail }: ModuleFile, read: Node | undefined): void {
  const found = topLevel(body)
    .filter(({ type }) => type === "VariableDeclaration")
    .flatMap(({ declarations }) => declarations)
    .find((variable: Node) => looksLikeMeta(variable) && followed(variable.init, body) !== read);
  if (found === undefined) return;
  const { name } = found.id;
  const hint = `Write export ${name === "meta" ? "const meta" : `{ ${name} as meta }`}.`;
  fail(found.start, `${name} contains metadata but is not exported as meta`, hint);
}

function looksLikeMeta({ id, init }: Node): boolean {
  if (!init || id.type !== "Identifier" || unwrapped(init).type !== "ObjectExpression") return false;
  if (
    [id.typeAnnotation?.typeAnnotation, init.typeAnnotation].some(
      (type) => type?.typeName?.name === "CommandMeta",
    )
  ) {
    return true;
  }
  return id.name === "meta" && unwrapped(init).properties.some(({ key }: Node) => key?.name === "schedule");
}
