import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/apps/app";
import { areAllHere, shippedFiles } from "./shipped";

describe.skipIf(!areAllHere)("crontab.example", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp(shippedFiles());
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
  });
  afterAll(() => app?.remove());

  test("matches the output of `node laju crontab` for the examples", async () => {
    const flags = ["--root", "/path/to/app", "--node", "/usr/bin/node", "--env", "demo"];
    const printed = await app.laju("crontab", ...flags);
    expect(printed).toMatchObject({ status: 0, stderr: "" });
    // If this fails after a change, update the file: node laju build && node laju crontab (with these flags) >
    // crontab.example
    const example = readFileSync(join(import.meta.dirname, "../../crontab.example"), "utf8");
    expect(example).toBe(printed.stdout);
  });
});
