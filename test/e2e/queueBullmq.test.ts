import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, makeApp, type TestApp } from "../support/apps/app";
import { fixture } from "../support/apps/fixture";
import { redisNeed, startRedis } from "../support/servers/redis";
import type { TestServer } from "../support/servers/server";

const project = join(import.meta.dirname, "..", "..");
const files = {
  "commands/Worker.ts": fixture("commands/Worker.ts"),
  "app/jobs/SendInvoice.ts": `
    import { type JobContext, job } from "../queue/job";
    export default job("SendInvoice", {
      attempts: 1,
      async run({ data, progress }: JobContext<{ id: number }>) {
        progress({ page: 1 });
        if (data.id === 0) throw new Error("no such invoice");
        return { sent: data.id };
      },
    });`,
  "commands/Order.ts": `
    import SendInvoice from "../app/jobs/SendInvoice";
    import DB from "../app/services/DB";
    import { scheduleCronJob, scheduleJob } from "../app/services/Queue";
    (async () => {
      const first = await SendInvoice.push({ id: 7 }, { unique: "7", priority: 2 });
      const second = await SendInvoice.push({ id: 7 }, { unique: "7" });
      await SendInvoice.push({ id: 0 });
      await scheduleCronJob({ type: "SendInvoice", userId: 3, data: { id: 8 } }, "0 2 * * *");
      const { cancelled } = await scheduleCronJob({ type: "SendInvoice", userId: 3, data: { id: 8 } }, "0 3 * * *");
      await scheduleJob({ type: "SendInvoice", userId: 3, data: { id: 9 }, removeDelay: 1000 });
      const refusal = await DB.transaction((trx) => SendInvoice.push({ id: 1 }, { trx })).catch((error) => error.code);
      const bull = Object.keys(require.cache).filter((file) => file.includes("/bullmq/"));
      const folders = [...new Set(bull.map((file) => file.replace(/.*[/]bullmq[/]/, "").replace(/[^/]*$/, "")))].sort();
      console.log(JSON.stringify({ first, second, cancelled, refusal, folders }));
      process.exit(0);
    })();`,
  "commands/Idle.ts": `
    import "../app/services/Redis";
    (async () => { console.log("idle"); process.exit(0); })();`,
};

describe.skipIf(redisNeed.skip)(`an app whose queue uses BullMQ${redisNeed.label}`, () => {
  let app: TestApp;
  let server: TestServer;
  beforeAll(async () => {
    server = await startRedis({ appendOnly: true });
    app = makeApp(files);
    app.write(".env", `QUEUE_ENGINE=bullmq\nREDIS_URL=${server.url}\nQUEUE_PREFIX=shop\n`);
    fine(await app.laju("build"));
  });
  afterAll(async () => {
    app?.remove();
    await server?.stop();
  });

  const built = (name: string, ...args: string[]) => app.run([`build/commands/${name}.js`, ...args]);
  const fine = (ended: Ended) => expect(ended).toMatchObject({ status: 0, stderr: "" });
  const json = async (...args: string[]) => JSON.parse((await app.laju(...args, "--json")).stdout);

  test("a compiled command queues jobs, loading only BullMQ's scripts, and a worker processes them", async () => {
    const ordered = await built("Order");
    fine(ordered);
    expect(JSON.parse(ordered.stdout)).toEqual({
      first: { id: 1, isNew: true },
      second: { id: 1, isNew: false },
      cancelled: [expect.any(Number)],
      refusal: "E_QUEUE_TRX",
      folders: ["", "dist/cjs/scripts/"],
    });
    expect((await built("Worker", "--once")).stdout).toContain("Jobs: 2 completed, 1 failed");
    const jobs: { state: string; data: { id: number }; result: unknown }[] = await json("queue:list");
    expect(jobs.map(({ state, data, result }) => [state, data.id, result])).toEqual([
      ["completed", 9, { sent: 9 }],
      ["scheduled", 8, null],
      ["cancelled", 8, null],
      ["failed", 0, null],
      ["completed", 7, { sent: 7 }],
    ]);
  });

  test("the verbs, status and doctor work", async () => {
    const shown = await app.laju("queue:show", "1");
    expect(shown.stdout).toContain('{"sent":7}');
    const total = { scheduled: 1, pending: 0, processing: 0, completed: 2, failed: 1, cancelled: 1 };
    expect(await json("queue:status")).toMatchObject({ total, workers: [] });
    const failed = (await json("queue:list", "--state", "failed"))[0].id;
    expect(await json("queue:retry", "all")).toEqual([failed]);
    expect(await json("queue:pause", "SendInvoice")).toEqual(["SendInvoice"]);
    expect((await app.laju("queue:work", "--once")).stdout).toContain("Jobs: 0 completed");
    expect((await app.laju("queue:resume")).stdout).toContain("SendInvoice resumed");
    expect(await json("queue:cancel", String(failed))).toEqual([failed]);
    expect(await json("queue:prune", "--older-than", "0s")).toMatchObject({ deleted: expect.any(Number) });
    expect((await json("queue:status")).total).toMatchObject({ scheduled: 1, failed: 0 });
    expect((await json("status")).queue.total).toMatchObject({ scheduled: 1 });
    const found: { name: string; state: string; message: string }[] = await json("doctor");
    expect(found.find(({ name }) => name === "queue")).toMatchObject({ state: "fine" });
    expect(found.find(({ name }) => name === "Redis")).toMatchObject({ state: "fine" });
  });

  test("doctor warns about a Redis that forgets", async () => {
    const forgetful = await startRedis();
    try {
      const env = { REDIS_URL: forgetful.url };
      const { stdout } = await app.run(["laju", "doctor", "--json"], { env });
      const found: { name: string; state: string; message: string }[] = JSON.parse(stdout);
      expect(found.find(({ name }) => name === "Redis")).toMatchObject({
        state: "warning",
        message: expect.stringContaining("appendonly no"),
      });
    } finally {
      await forgetful.stop();
    }
  });

  test("without Redis a push fails with an error that names the server", async () => {
    const env = { REDIS_URL: "redis://127.0.0.1:1" };
    const { status, stderr } = await app.run(["build/commands/Worker.js", "--once"], { env });
    expect(status).toBe(1);
    expect(stderr).toContain(
      "Redis at 127.0.0.1:1 (REDIS_URL) cannot be used: connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  test("without the package, says how to install it, and commands without the queue work", async () => {
    withoutPackage(app, "bullmq");
    const install = "Run npm install --save-prod bullmq@6 in the app's folder.";
    const message = "QUEUE_ENGINE is bullmq, but the package bullmq is not installed";
    const ordered = await built("Order");
    expect(ordered.stderr).toContain(message);
    expect(ordered.stderr).toContain(install);
    const listed = await app.laju("queue:list");
    expect(listed).toMatchObject({ status: 1, stdout: "" });
    expect(listed.stderr).toContain(message);
    expect(listed.stderr).toContain(install);
    const { stdout } = await app.laju("doctor", "--json");
    const found: { name: string; state: string; message: string; cure?: string }[] = JSON.parse(stdout);
    expect(found.find(({ name }) => name === "queue")).toMatchObject({
      state: "bad",
      message,
      cure: install,
    });
    app.write("node_modules/bullmq/package.json", '{ "name": "bullmq", "version": "9.0.0" }');
    expect((await built("Order")).stderr).toContain(
      "bullmq 9.0.0 does not have the script addStandardJob that laju expects",
    );
    const idle = await built("Idle");
    fine(idle);
    expect(idle.stdout).toBe("idle\n");
    fine(await app.laju("build"));
  });
});

/** Removes one package from the app's node_modules. */
function withoutPackage({ root }: TestApp, left: string): void {
  const own = join(root, "node_modules");
  rmSync(own, { force: true });
  mkdirSync(own);
  for (const name of readdirSync(join(project, "node_modules"))) {
    if (name !== left) symlinkSync(join(project, "node_modules", name), join(own, name));
  }
}
