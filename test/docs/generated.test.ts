import { describe, expect, test } from "vitest";
import { documents } from "../../scripts/docs/documents";
import { project } from "../support/docs/pages";

describe("the generated parts of the documentation", () => {
  test("are up to date with `npm run docs`", async () => {
    const stale = (await documents(project)).filter(({ text, current }) => text !== current);
    expect(stale.map(({ path }) => `${path} is out of date: run npm run docs`)).toEqual([]);
  });
});
