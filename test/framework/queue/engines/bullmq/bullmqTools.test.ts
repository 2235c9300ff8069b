import { type ConnectionOptions, Queue, QueueEvents } from "bullmq";
import type { Knex } from "knex";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type ClaimedJob,
  heldOf,
  type QueueEngine,
  type Settlement,
} from "../../../../../framework/queue/engine";
import { bullSetup } from "../../../../support/queue/bullSetup";
import { redisNeed } from "../../../../support/servers/redis";
import { until } from "../../../../support/servers/server";
import { newJob } from "../conformance";

describe.skipIf(redisNeed.skip)(`the queue on BullMQ, as BullMQ's own tools see it${redisNeed.label}`, () => {
  const setup = bullSetup();
  let engine: QueueEngine;
  let queue: Queue;
  const open: { close(): Promise<void> }[] = [];
  const connection = (): ConnectionOptions => {
    const { hostname: host, port } = new URL(setup.server().url);
    return { host, port: Number(port) };
  };
  beforeAll(async () => {
    await setup.start();
    engine = await setup.open();
  });
  beforeEach(async () => {
    await setup.clear();
    queue = new Queue("T", { connection: connection(), prefix: "laju" });
    open.push(queue);
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  afterAll(async () => {
    await engine?.close();
    await setup.stop();
  });

  const noLimits = new Map<string, number>();
  const claim = async (limit = 10) => {
    const asked = { worker: "w", settle: [], progress: [], claim: { limit, limits: noLimits } };
    return (await engine.exchange(asked)).claimed;
  };
  const settle = async (...settlements: Settlement[]) =>
    engine.exchange({ worker: "w", settle: settlements, progress: [], claim: null });
  const push = async (more = {}) => (await engine.push([newJob(more)]))[0]?.id as number;
  const state = async (id: number) => (await queue.getJob(String(id)))?.getState();

  test("a job has its data, progress, result and worker, and passes through BullMQ's states", async () => {
    const id = await push({ data: '{"to":"ada"}', priority: 0 });
    expect(await state(id)).toBe("waiting");
    const [job] = (await claim()) as [ClaimedJob];
    expect(await state(id)).toBe("active");
    const held = heldOf(job);
    const progress = [{ ...held, value: '{"page":2}' }];
    await engine.exchange({ worker: "w", settle: [], progress, claim: null });
    await settle({ ...held, state: "completed", result: '{"sent":true}' });
    expect(await state(id)).toBe("completed");
    expect(await queue.getJob(String(id))).toMatchObject({
      name: "T",
      data: { to: "ada" },
      progress: { page: 2 },
      returnvalue: { sent: true },
      attemptsMade: 1,
      processedBy: "w",
    });
  });

  test("an error is shown with its first line and its stack, and a retry is delayed", async () => {
    const id = await push();
    const [job] = (await claim()) as [ClaimedJob];
    const error = "Error: no\n    at somewhere";
    await settle({ ...heldOf(job), state: "retry", error, delay: 60_000 });
    expect(await state(id)).toBe("delayed");
    const shown = { failedReason: "Error: no", stacktrace: [error], attemptsMade: 1 };
    expect(await queue.getJob(String(id))).toMatchObject(shown);
    expect(await engine.find(id)).toMatchObject({ state: "scheduled", error });
  });

  test("BullMQ counts as laju does, and its events arrive", async () => {
    const events = new QueueEvents("T", { connection: connection(), prefix: "laju" });
    open.push(events);
    await events.waitUntilReady();
    const told: string[] = [];
    for (const name of ["completed", "failed"] as const) {
      events.on(name, ({ jobId }: { jobId: string }) => void told.push(`${name} ${jobId}`));
    }
    const [done, failed, cancelled] = [await push(), await push(), await push({ priority: 3 })];
    await engine.cancel([cancelled]);
    const [first, second] = (await claim(2)) as [ClaimedJob, ClaimedJob];
    await push({ when: { in: 60_000 } });
    await push({ priority: -3 });
    await settle(
      { ...heldOf(first), state: "completed", result: null },
      { ...heldOf(second), state: "failed", error: "Error: no" },
    );
    await until(() => told.length === 3, { what: "the events" });
    expect(told).toEqual([`failed ${cancelled}`, `completed ${done}`, `failed ${failed}`]);
    const counts = await queue.getJobCounts("completed", "failed", "delayed", "prioritized");
    expect(counts).toEqual({ completed: 1, failed: 1, delayed: 1, prioritized: 1 });
    const { byState } = await engine.counts();
    expect(byState).toMatchObject({ completed: 1, failed: 1, cancelled: 1, scheduled: 1, pending: 1 });
  });

  test("a type paused with laju is paused in BullMQ, and vice versa", async () => {
    await push();
    await queue.pause();
    expect(await engine.paused()).toEqual(["T"]);
    expect(await claim()).toEqual([]);
    await engine.resume("T");
    expect(await queue.isPaused()).toBe(false);
    await engine.pause("T");
    expect(await queue.isPaused()).toBe(true);
    await queue.resume();
    expect(await claim()).toHaveLength(1);
  });

  test("a limit set with BullMQ's tools applies", async () => {
    await engine.push([newJob(), newJob(), newJob(), newJob({ type: "Other" })]);
    await queue.setGlobalConcurrency(2);
    expect((await claim()).map(({ type }) => type).sort()).toEqual(["Other", "T", "T"]);
  });

  test("BullMQ's tools can retry, promote and delete jobs", async () => {
    const [failed, late, gone] = [await push(), await push({ when: { in: 60_000 } }), await push()];
    const [job] = (await claim(1)) as [ClaimedJob];
    await settle({ ...heldOf(job), state: "failed", error: "Error: no" });
    await (await queue.getJob(String(failed)))?.retry();
    await (await queue.getJob(String(late)))?.promote();
    await (await queue.getJob(String(gone)))?.remove();
    expect((await claim()).map(({ id, attempt }) => [id, attempt]).sort()).toEqual([
      [failed, 2],
      [late, 1],
    ]);
    expect(await engine.find(gone)).toBeUndefined();
  });

  test("jobs queued by a worker of the previous release refer to the job before them, and vice versa", async () => {
    const redis = setup.redis();
    const old = await push();
    await redis.hset(`laju:T:${old}`, "rescheduledFrom", "4", "reschedules", "2");
    expect(await engine.find(old)).toMatchObject({ rescheduledFromJob: 4 });
    expect(await claim()).toMatchObject([{ id: old, rescheduledFromJob: 4, retryPolicy: null }]);
    const id = await push({ rescheduledFromJob: old });
    expect(await redis.hget(`laju:T:${id}`, "rescheduledFrom")).toBe(String(old));
  });

  test("a job retried with BullMQ's tools is not deleted at the removal time of its first success", async () => {
    const id = await push({ removeDelay: 0 });
    const [job] = (await claim()) as [ClaimedJob];
    await settle({ ...heldOf(job), state: "failed", error: "Error: no" });
    await (await queue.getJob(String(id)))?.retry();
    expect(await engine.prune(60_000, 100)).toBe(0);
    const [again] = (await claim()) as [ClaimedJob];
    await settle({ ...heldOf(again), state: "completed", result: null });
    expect(await engine.prune(60_000, 100)).toBe(1);
    expect(await engine.find(id)).toBeUndefined();
  });

  test("processes jobs that another program adds, with their own ids", async () => {
    const before = await push();
    const added = await queue.add("anything", { from: "elsewhere" });
    const after = await push();
    expect(new Set([before, Number(added.id), after]).size).toBe(3);
    expect((await claim()).map(({ id, type, data }) => [id, type, data])).toEqual([
      [before, "T", "null"],
      [Number(added.id), "T", '{"from":"elsewhere"}'],
      [after, "T", "null"],
    ]);
  });

  test("a job whose id is not a number fails, and the following ones continue", async () => {
    await push();
    const added = await queue.add("anything", {}, { jobId: "mine" });
    await push();
    expect(await claim()).toHaveLength(2);
    expect(await (await queue.getJob(added.id as string))?.getState()).toBe("failed");
    expect((await engine.list({ limit: 10 })).map((job) => job.state)).toContain("processing");
  });

  test("a job that BullMQ does not support is rejected, and nothing is queued", async () => {
    const trx = {} as Knex.Transaction;
    const refused = { name: "LajuError" };
    await expect(engine.push([newJob()], trx)).rejects.toMatchObject({ ...refused, code: "E_QUEUE_TRX" });
    await expect(engine.replaceMatching(newJob({ userId: 1 }), 1000, trx)).rejects.toMatchObject({
      ...refused,
      hint: "Queue the job after the commit, without trx, or unset QUEUE_ENGINE.",
    });
    const badOnes = [
      newJob({ type: "a:b" }),
      newJob({ priority: 1_048_576 }),
      newJob({ priority: -1_048_576 }),
    ];
    for (const job of badOnes) {
      await expect(engine.push([newJob(), job])).rejects.toMatchObject({ ...refused, code: "E_JOB" });
    }
    expect((await engine.counts()).byType).toEqual([]);
  });

  test("canceled jobs are deleted on time, whatever else is waiting", async () => {
    const ids = (await engine.push(Array.from({ length: 300 }, () => newJob()))).map(({ id }) => id);
    await engine.cancel(ids.slice(0, 250));
    let deleted = 0;
    for (let count = -1; count !== 0; deleted += count) count = await engine.prune(0, 500);
    expect(deleted).toBe(250);
    expect((await engine.counts()).byType).toEqual([{ type: "T", state: "pending", count: 50 }]);
    expect(await setup.redis().keys("laju:T:[0-9]*")).toHaveLength(50);
  });

  test("the highest and lowest priorities keep their order", async () => {
    const ids = [];
    for (const priority of [-1_048_575, 0, 1_048_575]) ids.push(await push({ priority }));
    const claimed = await claim();
    expect(claimed.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(claimed.map(({ priority }) => priority)).toEqual([1_048_575, 0, -1_048_575]);
  });

  test("a returned job is claimed before younger ones", async () => {
    const ids = (
      await engine.push(Array.from({ length: 6 }, (_, n) => newJob({ priority: n < 3 ? 0 : 5 })))
    ).map(({ id }) => id);
    const claimed = await claim();
    await engine.release("w", claimed);
    expect((await claim()).map(({ id }) => id)).toEqual([...ids.slice(3), ...ids.slice(0, 3)]);
  });

  test("a claim doesn't read more keys if there are many waiting and finished jobs", async () => {
    const calls = async () => {
      const info = await setup.redis().info("commandstats");
      const counts = [...info.matchAll(/^cmdstat_(?!info)[^:]*:calls=(\d+)/gm)].map(([, count]) =>
        Number(count),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    };
    const cost = async () => {
      const before = await calls();
      const jobs = await claim(10);
      expect(jobs).toHaveLength(10);
      await settle(...jobs.map((job) => ({ ...heldOf(job), state: "completed" as const, result: null })));
      return (await calls()) - before;
    };
    await engine.push(Array.from({ length: 60 }, () => newJob()));
    await cost();
    const few = await cost();
    await engine.push(Array.from({ length: 20_000 }, (_, n) => newJob({ priority: n % 2 })));
    for (let n = 0; n < 20; n++) {
      const jobs = await claim(500);
      await settle(...jobs.map((job) => ({ ...heldOf(job), state: "completed" as const, result: null })));
    }
    expect(Math.abs((await cost()) - few)).toBeLessThan(20);
  });
});
