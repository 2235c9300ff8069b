import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqlite } from "../../framework/services/database/sqliteDriver";
import { type Ended, makeApp, type TestApp } from "../support/apps/app";
import { fixture } from "../support/apps/fixture";

const files = {
  "commands/Worker.ts": fixture("commands/Worker.ts"),
  // The worker of Laju's documentation, except that it exits when no jobs are left.
  "commands/Loop.ts": `
    import DB from "../app/services/DB";
    import { logInfo } from "../app/services/Logger";

    async function processQueue() {
      for (;;) {
        const job = await DB.from("jobs").where("status", "pending").orderBy("created_at", "asc").first();
        if (!job) process.exit(0);
        await DB.from("jobs").where("id", job.id).update({ status: "processing" });
        const data = JSON.parse(job.data);
        logInfo("Mail " + data.to);
        await DB.from("jobs").where("id", job.id).update({ status: "completed", completed_at: Date.now() });
      }
    }
    processQueue();`,
  "commands/Enqueue.ts": `
    import DB from "../app/services/DB";
    import Queue from "../app/services/Queue";
    (async () => {
      await DB("jobs").insert({ type: "send_email", data: JSON.stringify({ to: "ada" }), status: "pending", created_at: Date.now() });
      await Queue.push("sendEmail", { to: "bob" });
      process.exit(0);
    })();`,
  // A handler as in the app QuickDapp.
  "app/jobs/sendEmail.ts": `
    import type { JobParams, JobRunner } from "../queue/job";
    export const run: JobRunner = async (params: JobParams) => {
      const { app, log, job } = params;
      const rows = await app.DB("jobs").where({ type: job.type });
      log.info("Sending", { userId: job.userId, rows: rows.length });
      return { type: job.type, userId: job.userId };
    };`,
  "commands/Schedule.ts": `
    import { scheduleCronJob, scheduleJob } from "../app/services/Queue";
    (async () => {
      const job = {
        type: "sendEmail" as const, userId: 3, due: new Date(), data: { to: "eve" },
        autoRescheduleOnFailure: true, autoRescheduleOnFailureDelay: 60_000, removeDelay: 86_400_000,
      };
      await scheduleJob({ ...job, due: new Date(Date.now() + 3_600_000) });
      const { cancelled } = await scheduleJob(job);
      await scheduleCronJob({ type: "sendEmail", userId: 0 }, "0 2 * * *");
      console.log("cancelled " + cancelled.length);
      process.exit(0);
    })();`,
};

describe("a new app, with no DATABASE_URL", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp(files);
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
  });
  afterAll(() => app?.remove());

  const tsx = (name: string, ...args: string[]) =>
    app.run([`commands/${name}.ts`, ...args], { program: join(app.root, "node_modules/.bin/tsx") });
  const built = (name: string, ...args: string[]) => app.run([`build/commands/${name}.js`, ...args]);
  const states = async (): Promise<string[]> => {
    const jobs = JSON.parse((await app.laju("queue:list", "--json")).stdout);
    return jobs.map(({ type, state }: { type: string; state: string }) => `${type} ${state}`);
  };
  const fine = (ended: Ended) => expect(ended).toMatchObject({ status: 0, stderr: "" });

  describe.each([
    ["from its sources", tsx],
    ["built", built],
  ])("%s", (_, start) => {
    beforeAll(async () => {
      fine(await app.laju("migrate"));
      fine(await app.laju("build"));
      const database = openSqlite(join(app.root, "data", "dev.sqlite3"));
      database.exec("delete from jobs");
      database.close();
    });

    test("a worker loop as in Laju's chapter works on the same table", async () => {
      fine(await start("Enqueue"));
      const ended = await start("Loop");
      fine(ended);
      expect(ended.stdout).toContain("Mail ada");
      expect(ended.stdout).toContain("Mail bob");
      expect(await states()).toEqual(["sendEmail completed", "send_email completed"]);
      expect((await app.laju("queue:prune", "--older-than", "0s")).stdout).toMatch(/^Deleted 2 jobs /);
    });

    test("QuickDapp's handlers and schedules work, and queue:work --once processes them", async () => {
      expect((await start("Schedule")).stdout).toMatch(/^cancelled 1\n/);
      expect(await states()).toEqual(["sendEmail scheduled", "sendEmail pending", "sendEmail cancelled"]);
      const worked =
        start === built ? await app.laju("queue:work", "--once") : await start("Worker", "--once");
      fine(worked);
      const jobs = JSON.parse((await app.laju("queue:list", "--json")).stdout);
      expect(jobs[1]).toMatchObject({ state: "completed", result: { type: "sendEmail", userId: 3 } });
      expect(jobs[0]).toMatchObject({ state: "scheduled", cron: { expression: "0 2 * * *" } });
    });
  });

  test("everything passes the type check", async () => {
    const checked = await app.run(["--noEmit", "-p", "."], {
      program: join(app.root, "node_modules/.bin/tsc"),
    });
    expect(checked).toMatchObject({ stdout: "", status: 0 });
  });
});
