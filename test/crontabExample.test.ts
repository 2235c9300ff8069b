import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApp, type TestApp } from "./support/apps/app";

const project = join(import.meta.dirname, "..");
let app: TestApp;

beforeAll(async () => {
  const examples = readdirSync(join(project, "commands"), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && file !== "index.ts" && !file.startsWith("native/"),
  );
  app = makeApp(
    Object.fromEntries(
      examples.map((file) => [`commands/${file}`, readFileSync(join(project, "commands", file), "utf8")]),
    ),
  );
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
});
afterAll(() => app?.remove());

test("crontab.example is what `node laju crontab` prints for the shipped examples", async () => {
  const flags = ["--root", "/path/to/app", "--node", "/usr/bin/node", "--env", "demo"];
  const printed = await app.laju("crontab", ...flags);
  expect(printed).toMatchObject({ status: 0, stderr: "" });
  // After a change: node laju build && node laju crontab (with these flags) > crontab.example
  expect(readFileSync(join(project, "crontab.example"), "utf8")).toBe(printed.stdout);
});
