import { expect, test } from "vitest";
import { type JobContext, job } from "../../../framework/queue/job";
import type DB from "../../../framework/services/DB";
import Mailer from "../../../framework/services/Mailer";
import { freshApp, queuedJobs, testCommand, testJob } from "../../../framework/testing/testing";

const invoice = job("SendInvoice", {
  attempts: 2,
  backoff: "30s",
  async run({ data, job: row, log, progress }: JobContext<{ id: number; email?: string }>) {
    if (data.email === undefined) throw new Error(`invoice ${data.id} has no recipient`);
    await Mailer.send({ to: data.email, subject: `Invoice ${data.id}`, text: "Please pay" });
    log.info("Sent", { attempt: row.attempt, user: row.userId, type: row.type });
    progress({ sent: 1 });
    return { sent: data.id };
  },
});

test("a completed job has its result and mails", async () => {
  const run = await testJob(invoice, { id: 7, email: "ada@example.com" }, { userId: 3 });
  expect(run).toMatchObject({
    state: "completed",
    result: { sent: 7 },
    error: undefined,
    progress: [{ sent: 1 }],
    mails: [{ to: "ada@example.com", subject: "Invoice 7" }],
  });
  expect(run.logs.at(-1)).toEqual({
    level: "info",
    message: "Sent",
    attempt: 1,
    user: 3,
    type: "SendInvoice",
  });
});

test("a job that fails is retried until its last attempt", async () => {
  const first = await testJob(invoice, { id: 7 });
  expect(first).toMatchObject({
    state: "retry",
    delay: 30_000,
    error: { message: "invoice 7 has no recipient" },
  });
  const second = await testJob(invoice, { id: 7 }, { attempt: 2 });
  expect(second).toMatchObject({ state: "failed", delay: undefined });
});

test("a job's time limit aborts its signal", async () => {
  const waits = job("Waits", {
    attempts: 1,
    run: ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", resolve)),
  });
  const run = await testJob(waits, undefined, { timeout: "20ms" });
  expect(run).toMatchObject({ state: "failed", isTimedOut: true });
  expect(run.error?.message).toBe("Waits timed out after 0.02 s");
});

test("a job that outlives its test is named", async () => {
  const run = testJob(job("Waits", { run: () => new Promise(() => {}) }));
  await expect(freshApp()).rejects.toThrow("testJob(Waits) was still running when its test ended");
  expect(await run).toMatchObject({ state: "retry", error: { message: "its test has ended" } });
});

test("a handler may be a function with services and a fixed clock", async () => {
  const module = {
    attempts: 5,
    run: async ({ app, data }: { app: { DB: typeof DB }; data: { when: string } }) => [
      (await app.DB("jobs").count("* as n").first()).n,
      data.when,
      new Date().toISOString(),
    ],
  };
  const when = new Date("2020-01-01");
  const run = await testJob(module, { when }, { now: when });
  expect(run.result).toEqual([0, when.toISOString(), when.toISOString()]);
});

test("invalid data and invalid handlers are errors of the test", async () => {
  await expect(testJob(invoice, { id: 1n } as never)).rejects.toThrow(
    "data.id cannot be queued: it is a BigInt",
  );
  await expect(testJob({}, {})).rejects.toThrow("app/jobs/Job.ts exports no handler");
});

test("process.exit fails the job, not the tests", async () => {
  const exits = { run: () => process.exit(0) };
  expect(await testJob(exits)).toMatchObject({
    state: "retry",
    error: { message: expect.stringContaining("process.exit(0)") },
  });
});

test.each([1, 2])("a command's jobs are only in its own test's queue (%i)", async () => {
  const run = await testCommand(async () => {
    await invoice.push({ id: 7 }, { delay: "1h" });
    await invoice.push({ id: 8 });
  });
  expect(run.exitStatus).toBe(0);
  expect(await queuedJobs("SendInvoice")).toMatchObject([
    { state: "scheduled", data: { id: 7 } },
    { state: "pending", data: { id: 8 } },
  ]);
  expect(await queuedJobs("Other")).toEqual([]);
});
