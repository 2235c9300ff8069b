import { parseSync, Visitor } from "oxc-parser";

/**
 * Replaces `import()` in a bundle with the function `lajuImport`, which the bundle's loader provides. In a script from
 * a code cache, `import()` doesn't work (Node 20: "A dynamic import callback was not specified"), and Node 24 prints a
 * warning if the option is used that would allow it.
 */
export function withGivenImport(code: string): string {
  if (!/\bimport\s*\(/.test(code)) return code;
  const positions: number[] = [];
  const visitor = new Visitor({
    ImportExpression: ({ start }) => {
      positions.push(start);
    },
  });
  visitor.visit(parseSync("bundle.cjs", code).program);
  let result = "";
  let from = 0;
  for (const position of positions.sort((a, b) => a - b)) {
    result += `${code.slice(from, position)}lajuImport`;
    from = position + "import".length;
  }
  return result + code.slice(from);
}
