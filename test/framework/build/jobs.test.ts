import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { fixture } from "../../support/apps/fixture";

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
    "commands/Worker.ts": fixture("commands/Worker.ts"),
    "commands/Other.ts":
      'import { scheduleJob } from "../app/services/Queue"; console.log(typeof scheduleJob);',
    "app/jobs/SendInvoice.ts": handler("SendInvoice"),
  });
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
});
afterAll(() => app.remove());

test("a handler whose name doesn't match its file is an error with its position, and the worker keeps the last good ones", async () => {
  const before = app.read("build/commands/Worker.js");
  app.write("app/jobs/SendInvoice.ts", handler("SendInvoise"));
  const { status, stdout, stderr } = await app.laju("build");
  expect(status).toBe(1);
  expect(stderr).toBe(
    `✗ app/jobs/SendInvoice.ts:3:20  job("SendInvoise", …) does not match its file name
  Did you mean job("SendInvoice", …)?
`,
  );
  expect(stdout).toMatch(/^✓ Built Other in .*\n {2}Worker kept from an earlier build\n$/);
  expect(app.read("build/commands/Worker.js")).toBe(before);
  expect(JSON.parse(app.read("build/commands.json")).jobs).toEqual(["SendInvoice"]);
});

test("a new file that is not a handler is an error with its position, and workers process the other types", async () => {
  const worked = () => app.run(["build/commands/Worker.js", "--once"]);
  expect(await app.laju("migrate")).toMatchObject({ status: 0 });
  app.write("app/jobs/SendInvoice.ts", handler("SendInvoice"));
  app.write("app/jobs/Odd.ts", "export const handler = () => 1;\n");
  app.write("app/jobs/Old.js", "export function run() {}\n");
  for (const fine of ["data.json", "New.js", "_shared.mjs", "New.test.mts"])
    app.write(`app/jobs/${fine}`, "");
  app.write("app/jobs/New.ts", "export const attempts = 2;\nexport const run = async () => 'New ran';\n");
  app.write(
    "app/jobs/Late.ts",
    `export default { run() {} };\nif (process.env.LATE) throw new Error("no key");\n`,
  );
  const { status, stderr } = await app.laju("build");
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `✗ app/jobs/Odd.ts:1:1  the file exports no handler
  Write export default job("Odd", { async run({ data }) { … } }), or begin the name of a file without a handler with "_".
✗ app/jobs/Old.js:1:1  only .ts files are handlers
  Rename it to app/jobs/Old.ts, or begin its name with _ if it contains no handler.
`,
  });
  for (const other of ["Old.js", "data.json", "New.js", "_shared.mjs", "New.test.mts"]) {
    rmSync(join(app.root, "app/jobs", other));
  }
  app.write(
    "push.ts",
    `
    import Queue from "./app/services/Queue";
    (async () => {
      for (const type of ["SendInvoice", "Odd", "New", "Late"]) await Queue.push(type as never);
      process.exit(0);
    })();`,
  );
  const tsx = join("node_modules", "tsx", "dist", "cli.mjs");
  expect(await app.run([tsx, "push.ts"])).toMatchObject({ status: 0 });
  const first = await app.run(["build/commands/Worker.js", "--once"], { env: { LATE: "1" } });
  expect(first).toMatchObject({ status: 0 });
  expect(first.stdout + first.stderr).toContain("The handler Late can't be used");
  expect(first.stdout + first.stderr).toContain("app/jobs/Odd.ts:1:1  the file exports no handler");
  const list = async () =>
    JSON.parse((await app.laju("queue:list", "--json")).stdout).map(
      ({ type, state }: { type: string; state: string }) => `${type} ${state}`,
    );
  expect(await list()).toEqual(["Late pending", "New completed", "Odd pending", "SendInvoice completed"]);
  // A worker run from source skips the invalid handler too. Once the file is fixed, the next build contains the
  // handler.
  const source = await app.run([tsx, "commands/Worker.ts", "--once"]);
  expect(source.stdout + source.stderr).toContain("app/jobs/Odd.ts exports no handler");
  expect(await list()).toEqual(["Late completed", "New completed", "Odd pending", "SendInvoice completed"]);
  app.write("app/jobs/Odd.ts", "export default { run() {} };\n");
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
  expect(await worked()).toMatchObject({ status: 0 });
  expect(await list()).toContain("Odd completed");
  for (const name of ["Odd", "New", "Late"]) rmSync(join(app.root, `app/jobs/${name}.ts`));
  rmSync(join(app.root, "push.ts"));
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
});

test("a build writes the types once and stays newer than them", async () => {
  const file = join(app.root, "app/jobs/_types.ts");
  app.write("app/jobs/SendInvoice.ts", handler("SendInvoice"));
  rmSync(file);
  await app.laju("build");
  const written = statSync(file).mtimeMs;
  // laju.js compares times: if this file were newer than the build, each verb would run from source.
  expect(written).toBeLessThanOrEqual(statSync(join(app.root, "build/commands.json")).mtimeMs);
  await app.laju("build");
  expect(statSync(file).mtimeMs).toBe(written);
});

test("a new or deleted handler makes the build outdated", async () => {
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

test("a command that only queues jobs contains neither the worker nor the handlers", () => {
  expect(app.read("build/commands/Worker.js")).toContain("Worker started");
  expect(app.read("build/commands/Other.js")).not.toMatch(/Worker started|SendInvoice ran/);
});
