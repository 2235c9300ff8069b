import fc from "fast-check";
import { expect, test } from "vitest";
import { withEnabled } from "../../../framework/metadata/overrideEdit";

test.each([
  ["", '{\n  "One": { "enabled": false }\n}\n'],
  ["{}\n", '{\n  "One": { "enabled": false }\n}\n'],
  ['{ "Two": {} }', '{ "Two": {}, "One": { "enabled": false } }'],
  [
    '{\n    "Two": { "log": "x" }\n}\n',
    '{\n    "Two": { "log": "x" },\n    "One": { "enabled": false }\n}\n',
  ],
  ['{\r\n\t"Two": {}\r\n}\r\n', '{\r\n\t"Two": {},\r\n\t"One": { "enabled": false }\r\n}\r\n'],
  ['{ "One": {} }', '{ "One": { "enabled": false } }'],
  ['{ "One": {"log":"x"} }', '{ "One": {"log":"x", "enabled": false} }'],
  ['{\n  "One": {\n    "log": "x"\n  }\n}', '{\n  "One": {\n    "log": "x",\n    "enabled": false\n  }\n}'],
  ['{ "One": { "enabled" :true , "log": "x" } }', '{ "One": { "enabled" :false , "log": "x" } }'],
  ['{"Two":{"enabled":true},"One":{"enabled":true}}', '{"Two":{"enabled":true},"One":{"enabled":false}}'],
])("%j keeps its format when One is disabled", (before, after) => {
  expect(withEnabled(before, "One", false)).toBe(after);
});

test("only that value changes, regardless of the file's other contents and formatting", () => {
  const override = fc.record(
    { enabled: fc.boolean(), schedule: fc.string(), tags: fc.array(fc.string()), priority: fc.integer() },
    { requiredKeys: [] },
  );
  const file = fc.dictionary(fc.constantFrom("One", "Two", 'a"b', "reports/Three"), override);
  const name = fc.constantFrom("One", "Two", 'a"b', "New");
  fc.assert(
    fc.property(
      file,
      name,
      fc.boolean(),
      fc.constantFrom(undefined, 2, "\t"),
      (before, one, isEnabled, indent) => {
        const after = JSON.parse(withEnabled(JSON.stringify(before, null, indent), one, isEnabled));
        expect(after).toEqual({ ...before, [one]: { ...before[one], enabled: isEnabled } });
      },
    ),
  );
});
