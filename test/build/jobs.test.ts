import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/app";

const project = join(import.meta.dirname, "..", "..");
const handler = (name: string) => `import { job } from "../queue/job";

export default job("${name}", {
  async run() {
    return "${name} ran";
  },
});
`;

let app: TestApp;
beforeAll(async () => {
  app = makeApp({
    "commands/Worker.ts": readFileSync(join(project, "commands", "Worker.ts"), "utf8"),
    "commands/Other.ts":
      'import { scheduleJob } from "../app/services/Queue"; console.log(typeof scheduleJob);',
    "app/jobs/SendInvoice.ts": handler("SendInvoice"),
  });
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
});
afterAll(() => app.remove());

test("a handler whose name is not its file's is refused with its place, and the worker keeps the last good ones", async () => {
  const before = app.read("build/commands/Worker.js");
  app.write("app/jobs/SendInvoice.ts", handler("SendInvoise"));
  const { status, stdout, stderr } = await app.laju("build");
  expect(status).toBe(1);
  expect(stderr).toBe(
    `✗ app/jobs/SendInvoice.ts:3:20  job("SendInvoise", …) is not named as its file
  Did you mean job("SendInvoice", …)?
`,
  );
  expect(stdout).toMatch(/^✓ Built Other in .*\n {2}Worker keeps what an earlier build made of it\n$/);
  expect(app.read("build/commands/Worker.js")).toBe(before);
  expect(JSON.parse(app.read("build/commands.json")).jobs).toEqual(["SendInvoice"]);
});

test("a build writes the types once, and stays the newest", async () => {
  const file = join(app.root, "app/jobs/_types.ts");
  app.write("app/jobs/SendInvoice.ts", handler("SendInvoice"));
  rmSync(file);
  await app.laju("build");
  const written = statSync(file).mtimeMs;
  // laju.js goes by times: what is newer than the build would make each verb run from its source.
  expect(written).toBeLessThanOrEqual(statSync(join(app.root, "build/commands.json")).mtimeMs);
  await app.laju("build");
  expect(statSync(file).mtimeMs).toBe(written);
});

test("a new and a removed handler make the build old", async () => {
  const drift = async () =>
    JSON.parse((await app.laju("doctor", "--json")).stdout).find(
      (one: { name: string }) => one.name === "build",
    );
  expect(await drift()).toMatchObject({ state: "fine" });
  app.write("app/jobs/reports/Monthly.ts", handler("reports/Monthly").replace("../", "../../"));
  expect((await drift()).message).toContain("app/jobs/reports/Monthly.ts");
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
  expect(await drift()).toMatchObject({ state: "fine" });
  rmSync(join(app.root, "app/jobs/reports"), { recursive: true });
  expect((await drift()).message).toContain("app/jobs/reports/Monthly.ts");
  rmSync(join(app.root, "app/jobs"), { recursive: true });
  app.write("app/jobs/_types.ts", "old");
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
  expect(existsSync(join(app.root, "app/jobs/_types.ts"))).toBe(false);
});

test("what only queues jobs carries neither the worker nor the handlers", () => {
  expect(app.read("build/commands/Worker.js")).toContain("Worker started");
  expect(app.read("build/commands/Other.js")).not.toMatch(/Worker started|SendInvoice ran/);
});
