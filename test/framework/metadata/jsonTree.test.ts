import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonSyntaxError, parseJsonTree, placeInText } from "../../../framework/metadata/jsonTree";

describe("JSON with positions", () => {
  test("has the same value as with JSON.parse, regardless of formatting", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJsonTree(` ${text}\r\n`).value).toEqual(JSON.parse(text));
      }),
    );
  });

  test("rejects what JSON.parse rejects and duplicate names, and nothing else", () => {
    const piece = fc.constantFrom(...'{}[]:,"\\ \n01.-etrufalsn', '"a"', '"b":', "null", "true", "1e5", "{}");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        const mistake = mistakeIn(text);
        expect(mistake === undefined || /second time/.test(mistake)).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });

  test("has the positions of members and their values", () => {
    const text = '{\n  "a": { "b": [1] }\n}';
    const [a] = parseJsonTree(text).members ?? [];
    const [b] = a?.node.members ?? [];
    expect(placeInText(text, a?.start ?? 0)).toBe("2:3");
    expect(placeInText(text, b?.start ?? 0)).toBe("2:10");
    expect(text.slice(b?.node.start, b?.node.end)).toBe("[1]");
  });

  test("may begin with a byte order mark, as written by Windows editors", () => {
    expect(parseJsonTree("\ufeff{}").value).toEqual({});
  });
});

function mistakeIn(text: string): string | undefined {
  try {
    parseJsonTree(text);
    return undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
