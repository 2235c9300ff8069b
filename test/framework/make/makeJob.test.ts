import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

const typed = `
import { scheduleCronJob, scheduleJob } from "app/services/Queue";
import Queue from "../app/services/Queue";
import SendInvoice from "../app/jobs/SendInvoice";
void scheduleJob({ type: "SendInvoice", userId: 3, data: { id: 7 } });
void scheduleJob({ type: "Plain", userId: 3 });
void scheduleCronJob({ type: "Plain", userId: 0, data: { anything: true } }, "0 2 * * *");
void scheduleCronJob({ type: "Typed", userId: 0, data: { page: 2 } }, "0 2 * * *");
void Queue.push("reports/Monthly", { id: 1 }, { priority: 2 });
void SendInvoice.push({ id: 7 });
// @ts-expect-error
void scheduleJob({ type: "SendInvoise", userId: 3, data: { id: 7 } });
// @ts-expect-error
void scheduleJob({ type: "SendInvoice", userId: 3, data: { id: "7" } });
// @ts-expect-error
void scheduleJob({ type: "SendInvoice", userId: 3 });
// @ts-expect-error
void scheduleCronJob({ type: "Typed", userId: 0, data: { page: "2" } }, "0 2 * * *");
// @ts-expect-error
void scheduleCronJob({ type: "Nightli", userId: 0 }, "0 2 * * *");
// @ts-expect-error
void Queue.push("SendInvoice", { id: "7" });
// @ts-expect-error
void Queue.push("SendInvoice");
`;

describe("make:job", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp();
    await app.laju("build");
  });
  afterAll(() => app.remove());

  test("writes a handler and the types of all handlers, and prints the next steps", async () => {
    const made = await app.laju("make:job", "send-invoice");
    expect(made).toMatchObject({
      status: 0,
      stderr: "",
      stdout: `✓ Created app/jobs/SendInvoice.ts
✓ Created test/jobs/SendInvoice.test.ts
✓ Created commands/Worker.ts

  Queue it import SendInvoice from "../app/jobs/SendInvoice"; await SendInvoice.push({ id: 7 });
  Test it  npx vitest run test/jobs/SendInvoice.test.ts
  Run it   npx tsx commands/Worker.ts --once
`,
    });
    expect(app.read("app/jobs/SendInvoice.ts")).toContain('export default job("SendInvoice", {');
    expect((await app.laju("make:job", "app/jobs/reports/monthly.ts")).status).toBe(0);
    expect(app.read("app/jobs/reports/Monthly.ts")).toContain('from "../../queue/job"');
    expect(app.read("app/jobs/_types.ts")).toContain(
      `  interface JobTypes {
    SendInvoice: DataOf<typeof import("./SendInvoice")>;
    "reports/Monthly": DataOf<typeof import("./reports/Monthly")>;
  }`,
    );
  });

  test("job types and data are checked: a wrong one fails npm run typecheck", async () => {
    app.write(
      "app/jobs/Plain.ts",
      "export async function run({ app, log, job }: any) { return job.type; }\n",
    );
    app.write(
      "app/jobs/Typed.ts",
      `import type { JobParams } from "../queue/job";
       import { scheduleJob } from "../services/Queue";
       export async function run({ app, log, data, job }: JobParams<{ page: number }>) {
         log.info("Page", { page: data.page, rows: await app.DB("jobs").where({ id: job.id }) });
         await scheduleJob({ type: "Typed", userId: 1, data: { page: job.data.page + 1 } });
       }`,
    );
    app.write("commands/Queues.ts", typed);
    expect((await app.laju("build")).status).toBe(0);
    const tsc = () => app.run(["--noEmit", "-p", "."], { program: join(app.root, "node_modules/.bin/tsc") });
    expect(await tsc()).toMatchObject({ stdout: "", status: 0 });

    // Once a handler has been deleted, the committed types no longer compile, even before the next build.
    rmSync(join(app.root, "app/jobs/Plain.ts"));
    expect((await tsc()).stdout).toContain("app/jobs/_types.ts(");
    expect((await app.laju("build")).status).toBe(0);
    const { stdout } = await tsc();
    expect(stdout).toContain('"Plain"');
    expect(stdout).toMatch(/^commands\/Queues.ts\(\d+,\d+\)/);
  });

  test("writes a test that passes and type-checks, unless --no-test is given", async () => {
    expect((await app.laju("make:job", "reports/tested")).stdout).toContain(
      "✓ Created test/jobs/reports/Tested.test.ts\n",
    );
    app.write("app/jobs/Function.ts", "export const run = () => 7;\n");
    expect((await app.laju("make:test", "app/jobs/Function")).status).toBe(0);
    const vitest = "node_modules/vitest/vitest.mjs";
    const ran = await app.run([vitest, "run", "test/jobs/reports/Tested", "test/jobs/Function"], {
      env: { NO_COLOR: "1" },
    });
    expect(ran.stdout).toMatch(/Tests +2 passed \(2\)/);
    expect((await app.laju("make:job", "Untested", "--no-test")).stdout).not.toContain(".test.ts");
  });

  test("an existing file is kept unless --force is given", async () => {
    app.write("app/jobs/Kept.ts", "// mine\n");
    const refused = await app.laju("make:job", "Kept");
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toBe("✗ app/jobs/Kept.ts already exists\n  Use --force to replace it.\n");
    expect(app.read("app/jobs/Kept.ts")).toBe("// mine\n");
    expect((await app.laju("make:job", "Kept", "--force")).status).toBe(0);
    expect(app.read("app/jobs/Kept.ts")).toContain('job("Kept", {');
  });

  test.each([["../evil"], ["$(rm -rf x)"], ["1st"], [""], ["reports/"], ["Zoë"]])(
    "%j is not a job name",
    async (name) => {
      const refused = await app.laju("make:job", name);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain(`✗ ${JSON.stringify(name)} is not a job name`);
    },
  );

  test("the app's own stub is used", async () => {
    app.write("stubs/job.stub", "// {{ name }} of {{ app }}\n");
    await app.laju("make:job", "a/b/Own");
    expect(app.read("app/jobs/a/b/Own.ts")).toBe("// a/b/Own of ../../..\n");
    app.write("stubs/job.stub", "// {{ author }}\n");
    const refused = await app.laju("make:job", "Other");
    expect(refused.stderr).toContain("stub job.stub contains the unknown placeholder {{ author }}");
    expect(existsSync(join(app.root, "app/jobs/Other.ts"))).toBe(false);
  });
});
