import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonMistake, parseJsonTree, placeInText } from "../../../framework/metadata/jsonTree";

describe("JSON with its places", () => {
  test("has the value that JSON.parse has, however it is laid out", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJsonTree(` ${text}\r\n`).value).toEqual(JSON.parse(text));
      }),
    );
  });

  test("refuses what JSON.parse refuses, and nothing else but a name that comes twice", () => {
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

  test("says where a member and its value stand", () => {
    const text = '{\n  "a": { "b": [1] }\n}';
    const [a] = parseJsonTree(text).members ?? [];
    const [b] = a?.node.members ?? [];
    expect(placeInText(text, a?.start ?? 0)).toBe("2:3");
    expect(placeInText(text, b?.start ?? 0)).toBe("2:10");
    expect(text.slice(b?.node.start, b?.node.end)).toBe("[1]");
  });

  test("takes a byte order mark as editors on Windows write it", () => {
    expect(parseJsonTree("\ufeff{}").value).toEqual({});
  });
});

function mistakeIn(text: string): string | undefined {
  try {
    parseJsonTree(text);
    return undefined;
  } catch (error) {
    if (error instanceof JsonMistake) return error.message;
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
