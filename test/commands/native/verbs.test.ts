import { expect, test } from "vitest";
import { verbs } from "../../../commands/native/verbs";
import { parseArguments } from "../../../framework/cli/arguments";
import type { Verb } from "../../../framework/cli/verb";

const examples = await Promise.all(
  verbs.map(async ({ name, load }) => ({ name, verb: (await load()).default as unknown as Verb })),
);

test.each(examples)("the examples in the help of $name are valid", ({ name, verb }) => {
  expect(verb.examples.length).toBeGreaterThan(0);
  const { least, most } = verb.words ?? { least: 0, most: 0 };
  for (const [line] of verb.examples) {
    const [first, ...words] = shellWords(line);
    expect(first).toBe(name);
    const end = words.includes("--") ? words.indexOf("--") : words.length;
    const { args } = parseArguments(words.slice(0, end), verb.options);
    expect(args.length).toBeGreaterThanOrEqual(least);
    expect(args.length).toBeLessThanOrEqual(most);
  }
});

/** Splits a command line into words, as a shell does. Of all quoting, only double quotes are supported. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}
