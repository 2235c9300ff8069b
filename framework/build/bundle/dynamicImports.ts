import { parseSync, Visitor } from "oxc-parser";

/**
 * Makes a bundle that is evaluated with a code cache import through `lajuImport`, which its caller gives it: V8
 * forgets on the way through a cache what `import()` of a script needs (Node 20: "A dynamic import callback was
 * not specified"), and Node 24 warns aloud of the option that would give it.
 */
export function withGivenImport(code: string): string {
  if (!/\bimport\s*\(/.test(code)) return code;
  const places: number[] = [];
  const visitor = new Visitor({
    ImportExpression: ({ start }) => {
      places.push(start);
    },
  });
  visitor.visit(parseSync("bundle.cjs", code).program);
  let result = "";
  let from = 0;
  for (const place of places.sort((a, b) => a - b)) {
    result += `${code.slice(from, place)}lajuImport`;
    from = place + "import".length;
  }
  return result + code.slice(from);
}
