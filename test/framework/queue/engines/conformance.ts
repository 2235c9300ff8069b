import type { Knex } from "knex";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { down, up } from "../../../../framework/migrations/20261130000000_name_rescheduled_from_job";
import type {
  ClaimedJob,
  Held,
  Holder,
  JobRecord,
  Judge,
  NewJob,
  Pushed,
  QueueEngine,
  Settlement,
} from "../../../../framework/queue/engine";
import { handlerOf } from "../../../../framework/queue/handlers";
import { job } from "../../../../framework/queue/job";
import { configuredJob } from "../../../../framework/queue/scheduling";
import { Worker } from "../../../../framework/queue/worker/worker";
import { until } from "../../../support/servers/server";
import { badData } from "./badData";
import { fairBlame } from "./fairBlame";
import { lostAnswers } from "./lostAnswers";

/** How to set up an engine on a real store. */
export interface EngineSetup {
  name: string;
  /** Starts the servers that the engine needs. */
  start(): Promise<void>;
  /** Opens an engine, as another process would. All engines see the same jobs. */
  open(): Promise<QueueEngine>;
  /** Removes all jobs, workers and pauses. */
  clear(): Promise<void>;
  stop(): Promise<void>;
  /** The underlying database, through a connection that isn't the queue's. Undefined for BullMQ. */
  database?(): Knex;
}

const hour = 3_600_000;
const noLimits = new Map<string, number>();
const claimAll = { settle: [], progress: [], claim: { limit: 100, limits: noLimits } };
export const blameAll: Judge = (jobs) => ({ blamed: jobs, counted: [] });
const byNumber = (a: number, b: number) => a - b;

/** The tests that every engine must pass, whatever its store. */
export function conformance(setup: EngineSetup): void {
  describe(`the queue on ${setup.name}`, () => {
    let engine: QueueEngine;
    let other: QueueEngine;
    beforeAll(async () => {
      await setup.start();
      engine = await setup.open();
      other = await setup.open();
    });
    afterAll(async () => {
      await engine?.close();
      await other?.close();
      await setup.stop();
    });
    beforeEach(async () => {
      await setup.clear();
      for (const id of ["w1", "w2"]) await engine.register(worker(id));
    });
    afterEach(async () => {
      for (const id of ["w1", "w2"]) await engine.unregister(id);
    });

    async function claim(id: string, limit: number, limits = noLimits, types?: string[]) {
      const request = { limit, limits, ...(types && { types }) };
      const { claimed } = await engine.exchange({ worker: id, settle: [], progress: [], claim: request });
      return claimed;
    }

    async function settle(id: string, ...settlements: Settlement[]) {
      const request = { worker: id, settle: settlements, progress: [], claim: null };
      return (await engine.exchange(request)).lost;
    }

    async function pushOne(more: Partial<NewJob> = {}) {
      const [pushed] = await engine.push([newJob(more)]);
      return pushed as { id: number; isNew: boolean };
    }

    describe("queueing and claiming", () => {
      test("a job is claimed once, with everything it was queued with", async () => {
        const rare = {
          removeDelay: 5,
          rescheduledFromJob: 9,
          retryPolicy: "never",
          rescheduleDelay: 7,
        } as const;
        const { id } = await pushOne({ userId: 3, data: '{"a":[1,"ü"]}', ...rare });
        const [job] = await claim("w1", 10);
        expect(job).toMatchObject({
          id,
          type: "T",
          userId: 3,
          data: '{"a":[1,"ü"]}',
          attempt: 1,
          ...rare,
        });
        expect(await claim("w2", 10)).toEqual([]);
        expect(await engine.find(id)).toMatchObject({ state: "processing", worker: "w1", attempts: 1 });
      });

      test("jobs pushed together get ids in order, and are claimed in order", async () => {
        const pushed = await engine.push(Array.from({ length: 50 }, (_, n) => newJob({ data: String(n) })));
        expect(new Set(pushed.map(({ id }) => id)).size).toBe(50);
        const claimed = await claim("w1", 50);
        expect(claimed.map(({ data }) => Number(data))).toEqual(Array.from({ length: 50 }, (_, n) => n));
        expect(claimed.map(({ id }) => id)).toEqual(pushed.map(({ id }) => id));
      });

      test("concurrent claims share no job", async () => {
        await engine.push(Array.from({ length: 200 }, () => newJob()));
        const claims = Array.from({ length: 20 }, (_, n) => {
          const by = n % 2 === 0 ? engine : other;
          const claim = { limit: 10, limits: noLimits };
          return by.exchange({ worker: n % 2 === 0 ? "w1" : "w2", settle: [], progress: [], claim });
        });
        const ids = (await Promise.all(claims)).flatMap(({ claimed }) => claimed.map(({ id }) => id));
        expect(ids).toHaveLength(200);
        expect(new Set(ids).size).toBe(200);
      });

      test("jobs of all types are claimed by priority, then by age", async () => {
        const low = await pushOne({ type: "A", priority: -1 });
        const first = await pushOne({ type: "B" });
        const second = await pushOne({ type: "A" });
        const high = await pushOne({ type: "C", priority: 7 });
        const ids = [...(await claim("w1", 2)), ...(await claim("w1", 2))].map(({ id }) => id);
        expect(ids).toEqual([high.id, first.id, second.id, low.id]);
      });

      test("a job with a higher priority that another process queues comes first: immediately if the queue was empty, otherwise soon", async () => {
        await engine.push(Array.from({ length: 4 }, () => newJob()));
        expect(await claim("w1", 2)).toHaveLength(2);
        const [last] = (await other.push([newJob({ priority: 5 })])) as [Pushed];
        expect((await claim("w1", 10)).map(({ id }) => id)[0]).toBe(last.id);
        await engine.push(Array.from({ length: 2000 }, () => newJob()));
        expect(await claim("w1", 1)).toHaveLength(1);
        const [high] = (await other.push([newJob({ priority: 5 })])) as [Pushed];
        await until(async () => (await claim("w1", 1))[0]?.id === high.id);
      });

      test("only the requested types are claimed", async () => {
        await engine.push([newJob({ type: "A" }), newJob({ type: "B" }), newJob({ type: "C" })]);
        expect((await claim("w1", 10, noLimits, ["A", "C"])).map(({ type }) => type)).toEqual(["A", "C"]);
        expect((await claim("w1", 10)).map(({ type }) => type)).toEqual(["B"]);
      });

      test("a job is not claimed before it is due, and the next due time is reported", async () => {
        const { id } = await pushOne({ when: { in: 300 } });
        const claiming = { worker: "w1", settle: [], progress: [], claim: { limit: 1, limits: noLimits } };
        const { claimed, nextDue } = await engine.exchange(claiming);
        expect(claimed).toEqual([]);
        expect(Math.abs((nextDue ?? 0) - Date.now() - 300)).toBeLessThan(5000);
        expect(await engine.find(id)).toMatchObject({ state: "scheduled" });
        let jobs: ClaimedJob[] = [];
        await until(async () => {
          jobs = await claim("w1", 1);
          return jobs.length === 1;
        });
        expect(jobs[0]?.id).toBe(id);
      });

      test("a due time in the past means now", async () => {
        await pushOne({ when: { at: Date.now() - hour } });
        expect(await claim("w1", 1)).toHaveLength(1);
      });

      test("a type's limit applies across all workers, and blocks no other type", async () => {
        await engine.push(Array.from({ length: 10 }, () => newJob({ type: "Limited" })));
        await engine.push(Array.from({ length: 3 }, () => newJob({ type: "Other" })));
        const limits = new Map([["Limited", 2]]);
        const mine = await claim("w1", 10, limits);
        expect(mine.map(({ type }) => type).sort()).toEqual([
          "Limited",
          "Limited",
          "Other",
          "Other",
          "Other",
        ]);
        expect(await claim("w2", 10, limits)).toEqual([]);
        const one = mine.find(({ type }) => type === "Limited") as ClaimedJob;
        await settle("w1", done(one));
        expect(await claim("w2", 10, limits)).toHaveLength(1);
      });

      test("jobs of a limited type that another process returned are claimed in order", async () => {
        const [first, second, third] = await engine.push([1, 2, 3].map(() => newJob({ type: "Limited" })));
        const limits = new Map([["Limited", 2]]);
        const asked = { settle: [], progress: [], claim: { limit: 1, limits } };
        const there = async () => (await other.exchange({ ...asked, worker: "w2" })).claimed;
        const mine = await claim("w1", 1, limits);
        const [theirs] = (await there()) as [ClaimedJob];
        expect([mine[0]?.id, theirs.id]).toEqual([first?.id, second?.id]);
        await engine.release("w1", mine);
        await settle("w2", done(theirs));
        expect(await there()).toMatchObject([{ id: first?.id }]);
        expect(await there()).toMatchObject([{ id: third?.id }]);
      });
    });

    describe("unique", () => {
      test("a second push with the same key returns the first job while it is unfinished", async () => {
        const first = await pushOne({ uniqueKey: "T:a" });
        expect(await pushOne({ uniqueKey: "T:a" })).toEqual({ id: first.id, isNew: false });
        const [job] = await claim("w1", 10);
        expect(await pushOne({ uniqueKey: "T:a" })).toEqual({ id: first.id, isNew: false });
        await settle("w1", done(job as ClaimedJob));
        expect((await pushOne({ uniqueKey: "T:a" })).isNew).toBe(true);
      });

      test("keys differ even by a trailing space or by case", async () => {
        const keys = ["T:a", "T:a ", "T:A", "T:ä", "T:a\u0308", "T:a\t", "T: a", "T:a  "];
        const pushed = await Promise.all(keys.map((uniqueKey) => pushOne({ uniqueKey })));
        expect(pushed.map(({ isNew }) => isNew)).toEqual(keys.map(() => true));
        for (const [n, uniqueKey] of keys.entries()) {
          expect(await pushOne({ uniqueKey })).toEqual({ id: pushed[n]?.id, isNew: false });
        }
      });

      test("only one of many concurrent pushes with the same key is new", async () => {
        const pushes = Array.from({ length: 20 }, (_, n) =>
          (n % 2 ? engine : other).push([newJob({ uniqueKey: "T:b" })]),
        );
        const pushed = (await Promise.all(pushes)).flat();
        expect(pushed.filter(({ isNew }) => isNew)).toHaveLength(1);
        expect(new Set(pushed.map(({ id }) => id)).size).toBe(1);
      });
    });

    describe("settling", () => {
      test("a completed job has its result, and the worker no longer holds it", async () => {
        const { id } = await pushOne();
        const [job] = await claim("w1", 1);
        expect(await settle("w1", done(job as ClaimedJob, '{"sent":true}'))).toEqual([]);
        expect(await engine.find(id)).toMatchObject({
          state: "completed",
          result: { sent: true },
          worker: null,
        });
        expect((await engine.find(id))?.finishedAt).toEqual(expect.any(Number));
      });

      test("a failed job has its error", async () => {
        const { id } = await pushOne();
        const [job] = await claim("w1", 1);
        await settle("w1", { ...held(job as ClaimedJob), state: "failed", error: "Error: no" });
        expect(await engine.find(id)).toMatchObject({ state: "failed", error: "Error: no" });
        expect(await claim("w1", 1)).toEqual([]);
      });

      test("a retry is claimed when it is due, as the next attempt", async () => {
        const { id } = await pushOne();
        const [job] = await claim("w1", 1);
        await settle("w1", { ...held(job as ClaimedJob), state: "retry", error: "Error: later", delay: 100 });
        expect(await engine.find(id)).toMatchObject({ state: "scheduled", error: "Error: later" });
        let jobs: ClaimedJob[] = [];
        await until(async () => {
          jobs = await claim("w2", 1);
          return jobs.length === 1;
        });
        expect(jobs[0]).toMatchObject({ id, attempt: 2 });
      });

      test("a worker that does not hold a job cannot change it", async () => {
        const { id } = await pushOne();
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        expect(await settle("w2", done(job, '"stolen"'))).toEqual([id]);
        expect(await settle("w1", done({ ...job, attempt: 2 }, '"other attempt"'))).toEqual([id]);
        expect(await settle("w2", { ...held(job), state: "failed", error: "x", next: newJob() })).toEqual([
          id,
        ]);
        expect(await engine.find(id)).toMatchObject({ state: "processing", result: null, error: null });
        expect((await engine.counts()).byState.pending).toBe(0);
        expect(await settle("w1", done(job, '"mine"'))).toEqual([]);
        expect(await settle("w1", done(job, '"again"'))).toEqual([id]);
        expect(await engine.find(id)).toMatchObject({ state: "completed", result: "mine" });
      });

      test("settling a batch reports the lost jobs, and settles the others", async () => {
        await engine.push(Array.from({ length: 5 }, () => newJob()));
        const jobs = await claim("w1", 5);
        await engine.cancel([(jobs[1] as ClaimedJob).id, (jobs[3] as ClaimedJob).id]);
        const lost = await settle("w1", ...jobs.map((job) => done(job)));
        expect(lost.sort()).toEqual([jobs[1]?.id, jobs[3]?.id]);
        expect((await engine.counts()).byState).toMatchObject({ completed: 3, cancelled: 2 });
      });

      test("the next job is queued with the settlement, and refers to the previous job", async () => {
        const { id } = await pushOne();
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        const next = newJob({ rescheduledFromJob: id, rescheduleDelay: 50, when: { in: hour } });
        await settle("w1", { ...held(job), state: "failed", error: "x", next });
        const [follower] = await engine.list({ states: ["scheduled"], limit: 10 });
        expect(follower).toMatchObject({ rescheduledFromJob: id, type: "T" });
        // The delay is exact to the millisecond, because it counts from the recorded failure.
        expect(follower?.due).toBe(((await engine.find(id))?.finishedAt ?? 0) + hour);
      });

      test("a returned job is pending, and its attempt does not count", async () => {
        const { id } = await pushOne();
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        await engine.release("w2", [job]);
        expect(await engine.find(id)).toMatchObject({ state: "processing" });
        await engine.release("w1", [job]);
        expect(await engine.find(id)).toMatchObject({ state: "pending", attempts: 0 });
      });

      test("a job returned during other claims is not skipped", async () => {
        for (let n = 0; n < 20; n++) {
          const pushed = (await engine.push(Array.from({ length: 6 }, () => newJob()))).map(({ id }) => id);
          const returned = await claim("w1", 2);
          const [claimed] = await Promise.all([claim("w1", 2), engine.release("w1", returned)]);
          const rest = [...claimed, ...(await claim("w1", 10))];
          expect(rest.map(({ id }) => id).sort(byNumber)).toEqual(pushed.sort(byNumber));
        }
      });

      test("progress is stored while the job runs", async () => {
        const { id } = await pushOne();
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        const progress = [{ ...held(job), value: '{"done":3}' }];
        await engine.exchange({ worker: "w1", settle: [], progress, claim: null });
        expect(await engine.find(id)).toMatchObject({ progress: { done: 3 } });
      });
    });

    describe("replacing matching jobs", () => {
      test("a job that has not started is canceled, and refers to its successor", async () => {
        const { id: before } = await engine.replaceMatching(newJob({ userId: 3 }), hour);
        const { id: later } = await engine.replaceMatching(newJob({ userId: 3, when: { in: hour } }), hour);
        const { id, cancelled } = await engine.replaceMatching(newJob({ userId: 3 }), hour);
        expect(cancelled).toEqual([later]);
        expect(await engine.find(before)).toMatchObject({ state: "cancelled", successor: later });
        expect(await engine.find(later)).toMatchObject({ state: "cancelled", successor: id });
      });

      test("cron jobs, pushed jobs, and jobs of other users or types are not replaced", async () => {
        const cron = { expression: "0 2 * * *", timezone: "UTC" };
        await engine.replaceMatching(newJob({ userId: 4 }), hour);
        await engine.replaceMatching(newJob({ userId: 3, type: "Other" }), hour);
        await engine.replaceMatching(newJob({ userId: 3, cron, when: { in: hour } }), hour);
        await pushOne();
        expect((await engine.replaceMatching(newJob({ userId: 3 }), hour)).cancelled).toEqual([]);
        const again = await engine.replaceMatching(newJob({ userId: 3, cron, when: { in: hour } }), hour);
        expect(again.cancelled).toHaveLength(1);
      });

      test("a running job is canceled only once it is stale, and its worker can then no longer settle it", async () => {
        await engine.replaceMatching(newJob({ userId: 3 }), hour);
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        expect(
          (await engine.replaceMatching(newJob({ userId: 3, when: { in: hour } }), hour)).cancelled,
        ).toEqual([]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        const { cancelled } = await engine.replaceMatching(newJob({ userId: 3, when: { in: hour } }), 1);
        expect(cancelled).toContain(job.id);
        expect(await settle("w1", done(job))).toEqual([job.id]);
        expect(await engine.find(job.id)).toMatchObject({ state: "cancelled" });
      });

      test("scheduling a running cron job fifty times with another cron expression leaves one next run, with that expression", async () => {
        const nightly = { expression: "0 2 * * *", timezone: "UTC" };
        const hourly = { ...nightly, expression: "0 * * * *" };
        const cron = (more: Partial<NewJob>) => newJob({ userId: 3, when: { in: hour }, ...more });
        await engine.replaceMatching(cron({ cron: nightly, when: { at: 1 } }), hour);
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        const start = (n: number) => (n % 2 ? engine : other).replaceMatching(cron({ cron: hourly }), hour);
        await Promise.all(Array.from({ length: 50 }, (_, n) => start(n)));
        await settle("w1", { ...done(job), next: cron({ cron: nightly }) } as Settlement);
        const open = await engine.list({ states: ["scheduled", "pending"], limit: 60 });
        expect(open.map((one) => one.cron)).toEqual([hourly]);
        expect(await engine.find(job.id)).toMatchObject({ state: "completed" });
      });

      test("two runs of a cron job that end at the same time queue only one next run", async () => {
        const cron = { expression: "0 2 * * *", timezone: "UTC" };
        const run = newJob({ userId: 3, cron });
        await engine.replaceMatching(run, hour);
        const [first] = (await claim("w1", 1)) as [ClaimedJob];
        await engine.replaceMatching(run, hour);
        const [second] = (await claim("w1", 1)) as [ClaimedJob];
        const next = { ...run, when: { in: hour } };
        const ends = [first, second].map((job) => ({ ...done(job), next }) as Settlement);
        expect(await settle("w1", ...ends)).toEqual([]);
        expect((await engine.counts()).byState).toMatchObject({ scheduled: 1, pending: 0, completed: 2 });
      });

      test("many concurrent calls leave exactly one unfinished job", async () => {
        const replacing = Array.from({ length: 30 }, (_, n) =>
          (n % 2 ? engine : other).replaceMatching(newJob({ userId: 9, when: { in: hour } }), hour),
        );
        await Promise.all(replacing);
        expect((await engine.counts()).byState).toMatchObject({ scheduled: 1, cancelled: 29 });
      });
    });

    describe("workers", () => {
      test("a dead worker's jobs are taken over, and only the new owner may settle them", async () => {
        await engine.push([newJob(), newJob()]);
        const jobs = await claim("w1", 2);
        const dead = (await engine.holders()).find(({ id }) => id === "w1");
        const taken = await engine.takeOver(dead as NonNullable<typeof dead>, "w2", blameAll);
        expect(taken.map(({ id, crashes, attempt }) => ({ id, crashes, attempt }))).toEqual(
          jobs.map(({ id }) => ({ id, crashes: 1, attempt: 1 })),
        );
        expect((await engine.holders()).map(({ id }) => id)).toEqual(["w2"]);
        expect(await settle("w1", ...jobs.map((job) => done(job)))).toHaveLength(2);
        expect(await settle("w2", ...taken.map((job) => done(job)))).toEqual([]);
        expect(await engine.heartbeat({ worker: "w1", leaseMs: 1000 })).toEqual({ isKnown: false, held: [] });
      });

      test("after a takeover, jobs that are not blamed are ready immediately, and lose an attempt only if they may have started", async () => {
        await engine.push([newJob(), newJob(), newJob()]);
        const [blamed, counted, spared] = (await claim("w1", 3)) as [ClaimedJob, ClaimedJob, ClaimedJob];
        const dead = (await engine.holders()).find(({ id }) => id === "w1");
        const judged: number[] = [];
        const kept = await engine.takeOver(dead as NonNullable<typeof dead>, "w2", (jobs) => {
          judged.push(...jobs.map(({ id, crashes }) => id * crashes));
          const [first, second] = jobs as [ClaimedJob, ClaimedJob];
          return { blamed: [first], counted: [second] };
        });
        expect(judged).toEqual([blamed.id, counted.id, spared.id]);
        expect(kept.map(({ id }) => id)).toEqual([blamed.id]);
        expect(await settle("w1", done(blamed), done(counted), done(spared))).toHaveLength(3);
        expect((await engine.holders()).map(({ id }) => id)).toEqual(["w2"]);
        expect(await engine.find(counted.id)).toMatchObject({
          state: "pending",
          attempts: 1,
          startedAt: null,
        });
        expect(await engine.find(spared.id)).toMatchObject({
          state: "pending",
          attempts: 0,
          startedAt: null,
        });
        expect(
          (await claim("w2", 5)).map(({ id, attempt, spent, crashes }) => [id, attempt, spent, crashes]),
        ).toEqual([
          [counted.id, 2, 0, 1],
          [spared.id, 2, 1, 1],
        ]);
        expect(await settle("w2", ...kept.map((job) => done(job)))).toEqual([]);
        expect((await engine.heartbeat({ worker: "w2", leaseMs: 1000 })).held).toHaveLength(2);
      });

      test("a worker that renewed its lease in the meantime keeps its jobs", async () => {
        await pushOne();
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        const seen = (await engine.holders()).find(({ id }) => id === "w1");
        await engine.heartbeat({ worker: "w1", leaseMs: 70_000 });
        expect(await engine.takeOver(seen as NonNullable<typeof seen>, "w2", blameAll)).toEqual([]);
        expect(await settle("w1", done(job))).toEqual([]);
      });

      test("jobs of an unregistered worker can be taken over too", async () => {
        await pushOne();
        await claim("w1", 1);
        await engine.unregister("w1");
        const orphan = (await engine.holders()).find(({ id }) => id === "w1");
        expect(orphan).toMatchObject({ lease: null });
        expect(await engine.takeOver(orphan as NonNullable<typeof orphan>, "w2", blameAll)).toHaveLength(1);
      });

      test("a worker that has registered since it was seen keeps its jobs", async () => {
        await pushOne();
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        const seen = (await engine.holders()).find(({ id }) => id === "w1");
        const stranger = { ...(seen as NonNullable<typeof seen>), lease: null };
        expect(await engine.takeOver(stranger, "w2", blameAll)).toEqual([]);
        expect(await settle("w1", done(job))).toEqual([]);
      });

      test("registering twice, because the first reply was lost, registers one worker", async () => {
        await engine.register({ ...worker("w1"), concurrency: 7 });
        const known = (await engine.holders()).filter(({ id }) => id === "w1");
        expect(known).toMatchObject([{ concurrency: 7 }]);
      });

      test("a heartbeat returns the jobs that the worker holds, each with its attempt", async () => {
        await engine.push([newJob(), newJob(), newJob({ type: "Other" })]);
        const [first, second, third] = (await claim("w1", 3)) as [ClaimedJob, ClaimedJob, ClaimedJob];
        await engine.cancel([first.id]);
        await engine.release("w1", [second]);
        const again = (await claim("w1", 1)) as [ClaimedJob];
        await pushOne();
        expect(await claim("w2", 1)).toHaveLength(1);
        const { isKnown, held: ours } = await engine.heartbeat({ worker: "w1", leaseMs: 1000 });
        expect(isKnown).toBe(true);
        expect(ours.sort((a, b) => a.id - b.id)).toEqual([held(again[0]), held(third)]);
        expect(again[0]).toMatchObject({ id: second.id, attempt: 2, spent: 1 });
      });

      // A store that was restored from an older copy, or failed over without the latest writes, reuses ids.
      test("a claim of an earlier job with the same id changes nothing", async () => {
        const { id } = await pushOne();
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        const other = { ...held(job), createdAt: (job.createdAt ?? 0) - 1 };
        const progress = [{ ...other, value: "1" }];
        const both = [done(other), { ...other, state: "failed" as const, error: "no", next: newJob() }];
        const request = { worker: "w1", settle: both, progress, claim: null };
        expect((await engine.exchange(request)).lost).toEqual([id, id]);
        expect(await settle("w1", done(other))).toEqual([id]);
        expect(await settle("w1", { ...other, state: "retry", error: "no", delay: 0 })).toEqual([id]);
        await engine.release("w1", [other]);
        expect(await engine.find(id)).toMatchObject({ state: "processing", attempts: 1, progress: null });
        expect(await settle("w1", done(job))).toEqual([]);
        expect(await engine.list({ limit: 10 })).toHaveLength(1);
      });

      test("in a batch of different attempts, only outdated claims are lost", async () => {
        await engine.push(Array.from({ length: 5 }, () => newJob()));
        const early = await claim("w1", 2);
        await engine.release("w1", early);
        const all = await claim("w1", 5);
        expect(all.map(({ attempt }) => attempt)).toEqual([2, 2, 1, 1, 1]);
        const restored = { ...held(all[4] as ClaimedJob), createdAt: (all[4]?.createdAt ?? 0) - 1 };
        const batch = [early[0], all[1], all[2], all[3], restored] as ClaimedJob[];
        expect((await settle("w1", ...batch.map((job) => done(job)))).sort((a, b) => a - b)).toEqual([
          early[0]?.id,
          restored.id,
        ]);
        expect(await settle("w1", done(all[0] as ClaimedJob), done(all[4] as ClaimedJob))).toEqual([]);
        expect((await engine.counts()).byState).toMatchObject({ completed: 5, processing: 0 });
      });

      test("a release that arrives twice takes no jobs from the next owner", async () => {
        const { id } = await pushOne();
        const [first] = (await claim("w1", 1)) as [ClaimedJob];
        await engine.release("w1", [first]);
        const [second] = (await claim("w1", 1)) as [ClaimedJob];
        await engine.release("w1", [first]);
        expect(await engine.find(id)).toMatchObject({ state: "processing", attempts: 1 });
        expect(await settle("w1", done(second))).toEqual([]);
      });

      test("a push wakes all watchers, also on another connection", async () => {
        let wakes = 0;
        const watch = await other.watch(() => wakes++);
        try {
          for (let n = 1; n <= 20; n++) {
            wakes = 0;
            await pushOne();
            await until(() => wakes > 0, { limit: 900, what: `wake-up ${n}` });
          }
        } finally {
          watch.close();
        }
      });
    });

    lostAnswers(() => engine);
    badData(() => engine);
    fairBlame(() => engine);

    test("a worker that receives no notifications finds its jobs by polling", async () => {
      const deaf: QueueEngine = { ...engine, watch: async () => ({ close() {} }) };
      const handlers = new Map([["T", handlerOf("T", { default: job("T", { run: () => 5 }) })]]);
      const working = new Worker({ engine: deaf, handlers, concurrency: 1 });
      await working.start();
      // The worker finds the first job when it starts, and the second only at its next poll.
      for (let n = 0; n < 2; n++) {
        const [pushed] = await other.push([newJob()]);
        const found = () => engine.find(pushed?.id as number);
        await until(async () => (await found())?.state === "completed", { limit: engine.pollMs + 3000 });
      }
      working.stop(1000);
      await working.ended;
    });

    test("a failed job is rescheduled with the same delay each time, until it is canceled", async () => {
      const run = () => {
        throw new Error("not today");
      };
      const handlers = new Map([["T", handlerOf("T", { run })]]);
      const working = new Worker({ engine, handlers, concurrency: 1 });
      await working.start();
      const scheduled = configuredJob({
        type: "T",
        userId: 3,
        autoRescheduleOnFailure: true,
        autoRescheduleOnFailureDelay: 120,
      });
      const { id } = await engine.replaceMatching(scheduled, hour);
      const failed = () => engine.list({ states: ["failed"], limit: 10 });
      await until(async () => (await failed()).length >= 3, { limit: 30_000 });
      const open = await other.replaceMatching({ ...scheduled, when: { in: hour } }, hour);
      expect(open.cancelled).toHaveLength(1);
      working.stop(1000);
      await working.ended;
      const [first, ...more] = (await failed()).reverse();
      expect(first).toMatchObject({ id, attempts: 1, rescheduledFromJob: null, due: null });
      let before = first;
      for (const job of more) {
        const due = (before?.finishedAt ?? 0) + 120;
        expect(job).toMatchObject({ attempts: 1, rescheduledFromJob: before?.id, due });
        before = job;
      }
      expect((await engine.counts()).byState).toMatchObject({ cancelled: 1, scheduled: 1, pending: 0 });
    });

    test("a job limited to one attempt gets one, whatever its handler declares", async () => {
      const never = configuredJob({ type: "T", userId: 3, autoRescheduleOnFailure: false });
      const { id } = await engine.replaceMatching(never, hour);
      const run = () => {
        throw new Error("not today");
      };
      const handlers = new Map([["T", handlerOf("T", { default: job("T", { attempts: 5, run }) })]]);
      const working = new Worker({ engine, handlers, concurrency: 1, once: true });
      await working.start();
      await working.ended;
      expect(await engine.list({ limit: 10 })).toMatchObject([{ id, state: "failed", attempts: 1 }]);
    });

    const { database } = setup;
    const aside = (_name: string, _tests: () => void) => {};
    (database === undefined ? aside : describe)("within a transaction", () => {
      /** Starts watching before the transaction's first query, and counts wake-ups from then on. */
      async function begun(work: (trx: Knex.Transaction, wakes: () => number) => Promise<void>) {
        let count = 0;
        const watch = await other.watch(() => count++);
        const trx = await (database as () => Knex)().transaction();
        try {
          count = 0;
          await work(trx, () => count);
        } finally {
          watch.close();
          if (!trx.isCompleted()) await trx.rollback();
        }
      }
      const moment = () => new Promise((resolve) => setTimeout(resolve, 100));

      test("a push that is rolled back was never queued, and wakes nobody", async () => {
        const { id } = await engine.replaceMatching(newJob({ userId: 3, when: { in: hour } }), hour);
        await begun(async (trx, wakes) => {
          await engine.push([newJob(), newJob({ uniqueKey: "T:c" })], trx);
          expect((await engine.replaceMatching(newJob({ userId: 3 }), hour, trx)).cancelled).toEqual([id]);
          await trx.rollback();
          await moment();
          expect(wakes()).toBe(0);
        });
        const left = await engine.list({ limit: 10 });
        expect(left.map((one) => [one.id, one.state])).toEqual([[id, "scheduled"]]);
      });

      test("a push wakes workers at the outermost commit, and not before", () =>
        begun(async (trx, wakes) => {
          const [pushed] = await trx.transaction((inner) => engine.push([newJob()], inner));
          await moment();
          expect(wakes()).toBe(0);
          await trx.commit();
          await until(() => wakes() > 0, { limit: 3000, what: "the wake-up" });
          expect((await claim("w1", 10)).map((one) => one.id)).toEqual([pushed?.id]);
        }));
    });

    (database === undefined ? aside : describe)("beside another release", () => {
      const opened = database as () => Knex;
      /** Queues a job, lets it fail, and queues the job that follows it, as a worker would. Returns both jobs. */
      async function failOnce(by: QueueEngine) {
        const { id } = await by.replaceMatching(newJob({ userId: 3, retryPolicy: "never" }), hour);
        const asked = { worker: "w1", settle: [], progress: [], claim: { limit: 1, limits: noLimits } };
        const [claimed] = (await by.exchange(asked)).claimed as [ClaimedJob];
        expect(claimed.id).toBe(id);
        const next = newJob({ userId: 3, rescheduledFromJob: id, when: { in: hour } });
        const failed: Settlement = { ...held(claimed), state: "failed", error: "x", next };
        await by.exchange({ ...asked, settle: [failed], claim: null });
        const [follower] = await by.list({ states: ["scheduled"], limit: 1 });
        expect(follower).toMatchObject({ rescheduledFromJob: id });
        return { claimed, follower: follower as JobRecord };
      }
      /** Returns the values of the old column and the new one. */
      async function pointers(id: number) {
        const [row] = await opened()("jobs").where({ id }).select("rescheduled_from", "rescheduled_from_job");
        return Object.values(row).map(Number);
      }

      test("this release works before its migration has run, and uses the new columns afterward", async () => {
        await down(opened());
        const early = await setup.open();
        const { follower, claimed } = await failOnce(early);
        expect(claimed.retryPolicy).toBeNull();
        await early.push([newJob(), newJob(), newJob(), newJob(), newJob()]);
        expect((await early.exchange({ ...claimAll, worker: "w2" })).claimed).toHaveLength(5);
        const dead = (await early.holders()).find(({ id }) => id === "w2");
        expect(await early.takeOver(dead as Holder, "w1", blameAll)).toHaveLength(5);
        await up(opened());
        expect(await pointers(follower.id)).toEqual([claimed.id, claimed.id]);
        // On a server, the columns are checked only once a second.
        await until(async () => (await failOnce(early)).claimed.retryPolicy === "never");
        await early.close();
      });

      test("a worker of the previous release continues after the migration, and this release can read its jobs", async () => {
        const { follower, claimed } = await failOnce(engine);
        expect(await pointers(follower.id)).toEqual([claimed.id, claimed.id]);
        await opened()("jobs").insert({ type: "Old", status: "pending", rescheduled_from: 7, created_at: 1 });
        const [job] = await claim("w1", 1);
        expect(job).toMatchObject({ type: "Old", rescheduledFromJob: 7, retryPolicy: null });
        expect(await engine.find((job as ClaimedJob).id)).toMatchObject({ rescheduledFromJob: 7 });
      });
    });

    describe("inspecting and controlling", () => {
      test("counts, lists and finds jobs", async () => {
        await engine.push([newJob({ type: "A" }), newJob({ type: "B", userId: 5, when: { in: hour } })]);
        const counts = await engine.counts();
        expect(counts.byState).toMatchObject({ pending: 1, scheduled: 1, processing: 0 });
        expect(counts.byType).toEqual([
          { type: "A", state: "pending", count: 1 },
          { type: "B", state: "scheduled", count: 1 },
        ]);
        expect((await engine.list({ limit: 10 })).map(({ type }) => type)).toEqual(["B", "A"]);
        expect(await engine.list({ limit: 10, userId: 5, states: ["scheduled"], types: ["B"] })).toHaveLength(
          1,
        );
        expect(await engine.find(999_999)).toBeUndefined();
      });

      test("reports how each type's jobs ended over time, and how long its oldest ready job has waited", async () => {
        await engine.push(Array.from({ length: 30 }, (_, n) => newJob({ type: n % 3 === 0 ? "A" : "B" })));
        const jobs = await claim("w1", 30);
        const fails = ({ type }: ClaimedJob) => type === "A";
        await settle(
          "w1",
          ...jobs.map(
            (job): Settlement => (fails(job) ? { ...held(job), state: "failed", error: "x" } : done(job)),
          ),
        );
        const pushedAt = engine.now?.() ?? Date.now();
        await engine.push([newJob({ type: "C", priority: -3 }), newJob({ type: "D", when: { in: hour } })]);
        await new Promise((resolve) => setTimeout(resolve, 20));
        await engine.push([newJob({ type: "C", priority: 9 }), newJob({ type: "C" })]);

        const from = pushedAt - hour;
        const { ended, isPartial } = await engine.outcomes({ from, stepMs: hour / 2, count: 4 });
        const sum = (type: string, state: string) =>
          ended.reduce((all, one) => all + (one.type === type && one.state === state ? one.count : 0), 0);
        expect([sum("A", "failed"), sum("A", "completed"), sum("B", "completed")]).toEqual([10, 0, 20]);
        expect([new Set(ended.map(({ step }) => step >= 1 && step <= 2)), isPartial]).toEqual([
          new Set([true]),
          false,
        ]);
        const later = { from: pushedAt + hour, stepMs: 60_000, count: 60 };
        expect((await engine.outcomes(later)).ended).toEqual([]);

        const oldest = await engine.oldestReady();
        expect(oldest).toEqual([{ type: "C", since: expect.any(Number) }]);
        expect(Math.abs((oldest[0]?.since ?? 0) - pushedAt)).toBeLessThan(1_000);
        const [first] = (await engine.list({ types: ["C"], limit: 10 })).reverse();
        expect(oldest[0]?.since).toBe(first?.createdAt);
      });

      test("failed and canceled jobs can be retried", async () => {
        const first = await pushOne();
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        await settle("w1", { ...held(job), state: "failed", error: "x" });
        expect(await engine.retry("failed")).toEqual([first.id]);
        const [again] = (await claim("w1", 1)) as [ClaimedJob];
        expect(again.attempt - again.spent).toBe(1);
        expect(await engine.retry([first.id])).toEqual([]);
        await engine.cancel([first.id]);
        expect(await engine.retry([first.id])).toEqual([first.id]);
        expect(await settle("w1", done(again))).toEqual([first.id]);
      });

      test("a failed job is not retried while another job has its unique key", async () => {
        const first = await pushOne({ uniqueKey: "T:d" });
        const [failing] = (await claim("w1", 1)) as [ClaimedJob];
        await settle("w1", { ...held(failing), state: "failed", error: "x" });
        const second = await pushOne({ uniqueKey: "T:d" });
        expect(second.isNew).toBe(true);
        expect(await engine.retry([first.id])).toEqual([]);
        expect(await engine.retry("failed")).toEqual([]);
        expect(await engine.find(first.id)).toMatchObject({ state: "failed", unique: "T:d" });
        await engine.cancel([second.id]);
        // No unfinished job has the key, so one of the two is retried, and the other is not.
        expect(await engine.retry([first.id, second.id])).toEqual([first.id]);
        expect(await pushOne({ uniqueKey: "T:d" })).toEqual({ id: first.id, isNew: false });
        const [again] = (await claim("w1", 5)) as [ClaimedJob];
        await settle("w1", done(again));
        expect(await engine.retry([second.id])).toEqual([second.id]);
      });

      test("only unfinished jobs can be canceled", async () => {
        const [a, b] = (await engine.push([newJob(), newJob({ when: { in: hour } })])) as [Pushed, Pushed];
        const [job] = (await claim("w1", 1)) as [ClaimedJob];
        await settle("w1", done(job));
        expect(await engine.cancel([a.id, b.id])).toEqual([b.id]);
      });

      test("a paused type is not claimed by any worker until it is resumed", async () => {
        await engine.push([newJob({ type: "A" }), newJob({ type: "B" })]);
        await other.pause("A");
        await other.pause("A");
        expect(await engine.paused()).toEqual(["A"]);
        expect((await claim("w1", 10)).map(({ type }) => type)).toEqual(["B"]);
        await other.pause("*");
        await other.resume("A");
        expect(await claim("w1", 10)).toEqual([]);
        await other.resume("*");
        expect((await claim("w1", 10)).map(({ type }) => type)).toEqual(["A"]);
      });

      test("removeDelay deletes only completed jobs; failed and canceled jobs are kept for the retention time", async () => {
        const removeDelay = 0;
        await engine.push(Array.from({ length: 5 }, () => newJob({ removeDelay, userId: 3 })));
        const [success, failure, canceled] = (await claim("w1", 3)) as [ClaimedJob, ClaimedJob, ClaimedJob];
        await engine.cancel([canceled.id]);
        // Together and alone, because engines complete a batch differently from a single job.
        await settle("w1", done(success), { ...held(failure), state: "failed", error: "x" });
        const [other] = (await claim("w1", 1)) as [ClaimedJob];
        await settle("w1", { ...held(other), state: "failed", error: "x" });
        await engine.replaceMatching(newJob({ removeDelay, userId: 3, when: { in: hour } }), hour);
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect(await engine.prune(hour, 100)).toBe(1);
        expect(await engine.prune(hour, 100)).toBe(0);
        expect((await engine.counts()).byState).toMatchObject({ completed: 0, failed: 2, cancelled: 2 });
        expect((await engine.list({ limit: 10 })).map(({ removeAt }) => removeAt)).toEqual(
          Array(5).fill(null),
        );
        expect(await engine.prune(1, 100)).toBe(4);
        expect((await engine.counts()).byState).toMatchObject({ failed: 0, cancelled: 0, scheduled: 1 });
      });

      test("the removal delay counts from the end of a job, and only finished jobs are deleted", async () => {
        await engine.push([newJob({ removeDelay: 0 }), newJob({ removeDelay: hour }), newJob(), newJob()]);
        const jobs = await claim("w1", 3);
        await settle("w1", ...jobs.slice(0, 2).map((job) => done(job)));
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect(await engine.prune(hour, 100)).toBe(1);
        expect((await engine.counts()).byState).toMatchObject({ completed: 1, processing: 1, pending: 1 });
        await settle("w1", done(jobs[2] as ClaimedJob));
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect(await engine.prune(1, 100)).toBe(1);
        expect((await engine.counts()).byState).toMatchObject({ completed: 1, pending: 1 });
      });
    });
  });
}

export function newJob(more: Partial<NewJob> = {}): NewJob {
  return { type: "T", userId: null, data: "null", priority: 0, ...more };
}

function worker(id: string) {
  return { id, host: "here", pid: 1, identity: null, concurrency: 1, leaseMs: 60_000 };
}

function held({ id, attempt, createdAt }: Held) {
  return { id, attempt, createdAt };
}

function done(job: Held, result: string | null = null): Settlement {
  return { ...held(job), state: "completed", result };
}
