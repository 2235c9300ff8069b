import { readFileSync } from "node:fs";

/** A field of an interface, with the comment above it. */
export interface Field {
  name: string;
  type: string;
  text: string;
  isOptional: boolean;
}

/** The fields that an interface in a source file declares, in order. Leaves out methods. */
export function fieldsOf(file: string, name: string): Field[] {
  const body = bodyOf(readFileSync(file, "utf8"), name);
  if (body === undefined) throw new Error(`${file} has no interface ${name}`);
  const fields = body.matchAll(
    /(?:^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^ {2}(\w+)(\??): ((?:(?!;$)[\s\S])*);$/gm,
  );
  return [...fields].map(([, comment = "", field = "", optional, type = ""]) => ({
    name: field,
    type: type.replaceAll(/\s+/g, " "),
    text: comment.replaceAll(/\s*\n\s*\*?\s*/g, " ").trim(),
    isOptional: optional === "?",
  }));
}

/** The text between the braces of `interface NAME … {`. */
function bodyOf(source: string, name: string): string | undefined {
  return new RegExp(`^(?:export )?interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, "m").exec(source)?.[1];
}
