import { parseSync, Visitor } from "oxc-parser";

/**
 * Replaces `import()` in a bundle with `lajuImport`, which the loader provides. When a script comes from a code cache,
 * V8 loses the context that `import()` needs (Node 20: "A dynamic import callback was not specified"), and the option
 * that provides it prints a warning on Node 24.
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
