import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqlite } from "../../../../framework/services/database/sqliteDriver";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { fixture } from "../../../support/apps/fixture";

const files = {
  "commands/Worker.ts": fixture("commands/Worker.ts"),
  "app/jobs/SendInvoice.ts": `
    import { job, type JobContext } from "../queue/job";
    export default job("SendInvoice", {
      attempts: 2,
      backoff: "1ms",
      async run({ data, job, progress }: JobContext<{ invoiceId: number }>) {
        progress({ half: true });
        if (data.invoiceId === 8 && job.attempt === 1) throw new Error("printer on fire");
        return { sent: data.invoiceId };
      },
    });`,
  "app/jobs/Nightly.ts": `
    export async function run({ app, log, job }) {
      const [{ id }] = await app.DB("jobs").where({ id: job.id }).select("id");
      log.info("Nightly ran", { id, userId: job.userId });
      return "ran as " + job.type;
    }`,
  "commands/Push.ts": `
    import { command } from "../app/console/command";
    import SendInvoice from "../app/jobs/SendInvoice";
    import DB from "../app/services/DB";
    import { scheduleCronJob, scheduleJob } from "../app/services/Queue";
    export default command({ description: "Queues", async run() {
      await SendInvoice.push({ invoiceId: 7 }, { priority: 5, unique: "invoice-7" });
      const again = await SendInvoice.push({ invoiceId: 7 }, { unique: "invoice-7" });
      await SendInvoice.push({ invoiceId: 8 });
      await scheduleJob({ type: "Nightly", userId: 3, data: {}, due: new Date() });
      await scheduleCronJob({ type: "Nightly", userId: 0 }, "0 2 * * *", { timezone: "UTC" });
      await DB.transaction(async (trx) => {
        await SendInvoice.push({ invoiceId: 9 }, { trx });
        throw new Error("rolled back");
      }).catch(() => {});
      await DB.transaction((trx) => SendInvoice.push({ invoiceId: 10 }, { trx }));
      return "new: " + again.isNew;
    } });`,
  // This command prints the jobs that have run since its last call.
  "list.ts": `
    import DB from "./app/services/DB";
    (async () => {
      const rows = await DB("jobs").orderBy("id").select("type", "status", "result", "attempts");
      console.log(JSON.stringify(rows.map((row) => Object.values(row))));
      await DB("jobs").delete();
      await DB.destroy();
    })();`,
};

describe("commands/Worker.ts", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp(files);
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    expect(await app.laju("migrate")).toMatchObject({ status: 0 });
  });
  afterAll(() => app?.remove());

  const tsx = (...args: string[]) => app.run([join("node_modules", "tsx", "dist", "cli.mjs"), ...args]);
  const starts: [
    how: string,
    push: () => ReturnType<TestApp["run"]>,
    work: () => ReturnType<TestApp["run"]>,
  ][] = [
    ["from its source", () => tsx("commands/Push.ts"), () => tsx("commands/Worker.ts", "--once")],
    [
      "compiled",
      () => app.run(["build/commands/Push.js"]),
      () => app.run(["build/commands/Worker.js", "--once", "--types", "Nightly,SendInvoice"]),
    ],
    [
      "as a verb",
      () => app.laju("run", "Push"),
      () => app.laju("queue:work", "--once", "--concurrency", "2"),
    ],
  ];

  test.each(starts)("processes jobs of declared and plain handlers %s", async (_, push, work) => {
    const pushed = await push();
    expect(pushed).toMatchObject({ status: 0 });
    expect(pushed.stdout).toContain("new: false");
    const first = await work();
    expect(first).toMatchObject({ status: 0 });
    // The retry may be due just after the first worker exits. If so, run a second worker.
    if (!first.stdout.includes("4 completed")) await work();
    expect(JSON.parse((await tsx("list.ts")).stdout)).toEqual([
      ["SendInvoice", "completed", '{"sent":7}', 1],
      ["SendInvoice", "completed", '{"sent":8}', 2],
      ["Nightly", "completed", '"ran as Nightly"', 1],
      ["Nightly", "scheduled", null, 0],
      ["SendInvoice", "completed", '{"sent":10}', 1],
    ]);
  });

  test("deletes old finished jobs, and completed jobs once their removeDelay is over", async () => {
    const day = 86_400_000;
    const database = openSqlite(join(app.root, "data", "dev.sqlite3"));
    const insert = database.prepare(
      `insert into jobs (type, status, created_at, completed_at, remove_at)
       values ('X', @status, @now - 40 * @day, @now - @age * @day, @now + @keep * @day)`,
    );
    const add = (status: string, age: number, keep: number | null) =>
      Number(insert.run({ status, age, keep, day, now: Date.now() }).lastInsertRowid);
    const kept = [add("completed", 6, null), add("completed", 40, 1), add("scheduled", 40, null)];
    // Earlier releases set a removal time for failed jobs too.
    kept.push(add("failed", 1, -1));
    const old = [add("completed", 8, null), add("cancelled", 8, null), add("completed", 1, -1)];
    old.push(add("failed", 40, 1));
    const ended = await app.run(["build/commands/Worker.js", "--once"], { env: { QUEUE_KEEP_DAYS: "7" } });
    expect(ended).toMatchObject({ status: 0 });
    const left = database.prepare("select id from jobs order by id").pluck().all();
    database.exec("delete from jobs");
    database.close();
    expect({ left, old }).toEqual({ left: kept, old });
  });

  test("a worker that starts while types are paused logs them", async () => {
    await app.laju("queue:pause", "Nightly");
    expect((await app.run(["build/commands/Worker.js", "--once"])).stdout).toContain('"paused":["Nightly"]');
    await app.laju("queue:pause");
    expect((await app.run(["build/commands/Worker.js", "--once"])).stdout).toContain('"paused":"all"');
    await app.laju("queue:resume");
    await app.laju("queue:resume", "Nightly");
    expect((await app.run(["build/commands/Worker.js", "--once"])).stdout).not.toContain("paused");
  });

  test("rejects an unknown option with status 2", async () => {
    const ended = await app.run(["build/commands/Worker.js", "--types", "SendInvoise"]);
    expect(ended).toMatchObject({ status: 2 });
    expect(ended.stderr).toContain("no handler app/jobs/SendInvoise.ts");
    expect(ended.stderr).toContain("Did you mean SendInvoice?");
    expect(await app.run(["build/commands/Worker.js", "--concurrency", "0"])).toMatchObject({ status: 2 });
  });
});
