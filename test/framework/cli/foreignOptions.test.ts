import fc from "fast-check";
import { expect, test } from "vitest";
import { parseArguments } from "../../../framework/cli/arguments";
import { describeOptions } from "../../../framework/cli/optionsHelp";
import { parameterFlags } from "../../../framework/cli/parameterFlags";
import { fieldProblem } from "../../../framework/metadata/metaFields";
import { foreign } from "../../support/foreign";

test("the value of run -p reaches the command's options exactly as typed", () => {
  const options = { one: { type: "string" }, many: { type: "string", multiple: true } } as const;
  const command = { name: "Digest", form: "declared", options } as const;
  const typed = fc.oneof(foreign, fc.constantFrom("-5", "--many=x", "--", "=", "a=b", "-p", "--no-one"));
  fc.assert(
    fc.property(typed, typed, typed, (one, first, second) => {
      const flags = parameterFlags([`one=${one}`, `many=${first}`, `many=${second}`], [command]);
      const parsed = parseArguments(flags, options);
      expect(parsed).toEqual({ args: [], options: { one, many: [first, second] } });
    }),
  );
});

test.each(["constructor", "toString", "__proto__", "one two", "One", "-one", "no-one"])(
  "-p %s=x is rejected: the command has no such option",
  (key) => {
    const command = { name: "Digest", form: "declared", options: { one: { type: "string" } } } as const;
    expect(() => parameterFlags([`${key}=x`], [command])).toThrow(`Digest has no option "${key}"`);
  },
);

test.each([
  ["schedule", "rate(45\nminutes)", 'schedule must be one line, found "rate(45\\nminutes)"'],
  ["schedule", ["@daily", "@hourly\r"], 'schedule must be one line, found "@hourly\\r"'],
  [
    "options",
    { "no-cache": { type: "boolean" } },
    'options "no-cache" would negate another option: name it "cache" with default: true',
  ],
] as const)("%s %j is rejected", (field, value, message) => {
  expect(fieldProblem(field, value, "Digest")?.message).toBe(message);
});

test("an option that takes a value may begin with no-", () => {
  const options = { "no-reply": { type: "string" } } as const;
  expect(fieldProblem("options", options, "Digest")).toBeUndefined();
  expect(parseArguments(["--no-reply=x"], options).options).toEqual({ "no-reply": "x" });
});

test("each option takes one line of the help, whatever its description contains", () => {
  fc.assert(
    fc.property(foreign, foreign, (description, value) => {
      const lines = describeOptions({ one: { type: "string", description, default: value } });
      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toMatch(/[\n\r\t]/);
    }),
    { numRuns: 50 },
  );
});
