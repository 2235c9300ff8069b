import { beforeEach, describe, expect, test } from "vitest";
import type { ClaimedJob, NewJob, QueueEngine } from "../../../../framework/queue/engine";
import { handlerOf } from "../../../../framework/queue/handlers";
import { type JobDefinition, job } from "../../../../framework/queue/job";
import { AttemptLog } from "../../../../framework/queue/worker/attempt/attemptLog";
import { Worker } from "../../../../framework/queue/worker/worker";
import type { WorkerOptions } from "../../../../framework/queue/worker/workOptions";
import { until } from "../../../support/servers/server";
import { newJob } from "./conformance";

const noLimits = new Map<string, number>();

/** Tests that no job is blamed for a crash that another job caused, and that none waits forever. */
export function fairBlame(given: () => QueueEngine): void {
  describe("blame", () => {
    let engine: QueueEngine;
    let deaths = 0;
    beforeEach(async () => {
      engine = given();
      // These workers register without types, so they count as handling all of them.
      for (const id of ["w1", "w2"]) await engine.unregister(id);
    });

    const push = async (type: string, more: Partial<NewJob> = {}) =>
      ((await engine.push([newJob({ type, ...more })]))[0] as { id: number }).id;
    const state = async (id: number) => (await engine.find(id))?.state;

    async function started(
      definitions: Record<string, JobDefinition<unknown, unknown>>,
      more: Partial<WorkerOptions> = {},
    ): Promise<Worker> {
      const handlers = new Map(
        Object.entries(definitions).map(([name, one]) => [
          name,
          handlerOf(name, { default: job(name, one) }),
        ]),
      );
      const worker = new Worker({ engine, handlers, concurrency: 5, ...more });
      await worker.start();
      return worker;
    }

    async function stopped(...workers: Worker[]): Promise<void> {
      for (const worker of workers) worker.stop(1000);
      await Promise.all(workers.map(({ ended }) => ended));
    }

    /** Simulates a killed worker, which holds these jobs but is no longer registered. */
    async function heldByDead(
      type: string,
      log?: AttemptLog,
      worker = `dead${++deaths}`,
    ): Promise<ClaimedJob> {
      await push(type);
      const claim = { limit: 1, limits: noLimits, types: [type] };
      const { claimed } = await engine.exchange({ worker, settle: [], progress: [], claim });
      log?.open(worker);
      return claimed[0] as ClaimedJob;
    }

    const known: JobDefinition<unknown, unknown> = { attempts: 1, run: () => "done" };

    test("jobs of a limited type start one after another without delay", async () => {
      const worker = await started({ OneByOne: { concurrency: 1, run: () => "done" } });
      const ids: number[] = [];
      for (let n = 0; n < 12; n++) ids.push(await push("OneByOne"));
      const begun = performance.now();
      await until(async () => (await Promise.all(ids.map(state))).every((each) => each === "completed"));
      // Workers check every one or two seconds.
      expect(performance.now() - begun).toBeLessThan(6000);
      await stopped(worker);
    });

    test("a job is parked while no worker has a handler for it", async () => {
      const news: string[] = [];
      const unknown = await push("New");
      const old = await started(
        { Old: known },
        { parkAfterMs: 1, onSettled: ({ type }, { state }) => news.push(`${type} ${state}`) },
      );
      const mine = await push("Old");
      await until(async () => (await state(mine)) === "completed");
      await until(async () => (await state(unknown)) === "parked");
      expect(await engine.find(unknown)).toMatchObject({ attempts: 0, error: null });
      expect((await engine.counts()).byState).toMatchObject({ parked: 1, pending: 0 });
      expect((await engine.list({ limit: 5, states: ["parked"] })).map(({ id }) => id)).toEqual([unknown]);
      expect(await engine.list({ limit: 5, states: ["pending"] })).toEqual([]);
      await until(() => news.includes("New parked"));
      const fresh = await started({ New: known, Old: known });
      await until(async () => (await state(unknown)) === "completed");
      // A worker handles this type now, so its jobs are not parked again.
      const another = await push("New");
      await until(async () => (await state(another)) === "completed");
      await stopped(old, fresh);
      expect(await engine.find(unknown)).toMatchObject({ state: "completed", attempts: 1 });
    });

    test("a parked job is unfinished: it keeps its key, and can be canceled or replaced", async () => {
      const idle = await started({ Old: known }, { parkAfterMs: 1 });
      const keyed = await push("New", { uniqueKey: "New:a" });
      const { id: scheduled } = await engine.replaceMatching(newJob({ type: "New", userId: 4 }), 1000);
      await until(async () => (await engine.counts()).byState.parked === 2);
      await stopped(idle);
      expect(await engine.push([newJob({ type: "New", uniqueKey: "New:a" })])).toEqual([
        { id: keyed, isNew: false },
      ]);
      const { cancelled } = await engine.replaceMatching(newJob({ type: "New", userId: 4 }), 1000);
      expect(cancelled).toEqual([scheduled]);
      expect(await engine.cancel([keyed])).toEqual([keyed]);
      expect((await engine.push([newJob({ type: "New", uniqueKey: "New:a" })]))[0]?.isNew).toBe(true);
    });

    test("a worker that takes over a job without having its handler doesn't fail it", async () => {
      const { id } = await heldByDead("New");
      const heir = await started({ Old: known });
      await until(async () => (await state(id)) !== "processing");
      expect(["pending", "parked"]).toContain(await state(id));
      const fresh = await started({ New: { ...known, attempts: 2 } });
      await until(async () => (await state(id)) === "completed");
      await stopped(heir, fresh);
    });

    test("a job claimed for its last attempt but never started does not fail when its worker dies", async () => {
      const log = new AttemptLog();
      const { id } = await heldByDead("Old", log);
      const heir = await started({ Old: known });
      await until(async () => (await state(id)) === "completed");
      await stopped(heir);
      expect(await engine.find(id)).toMatchObject({ attempts: 1 });
    });

    test.each(["begun", "unreadable"])(
      "a dead worker's job that started its last attempt fails (%s log)",
      async (kind) => {
        const log = new AttemptLog();
        const dead = await heldByDead("Old", kind === "begun" ? log : undefined);
        log.note(dead);
        const heir = await started({ Old: known });
        await until(async () => (await state(dead.id)) === "failed");
        await stopped(heir);
        expect((await engine.find(dead.id))?.error).toMatch(/its worker died \(worker dead\d+\)/);
      },
    );

    test("a job claimed after its worker was declared dead is not blamed for that worker's death", async () => {
      const { id: first } = await heldByDead("Old", new AttemptLog(), "late");
      const heir = await started({ Old: known });
      await until(async () => (await state(first)) === "completed");
      await stopped(heir);
      const { id } = await heldByDead("Old", undefined, "late");
      const next = await started({ Old: known });
      await until(async () => (await state(id)) === "completed");
      await stopped(next);
    });

    test("a job claimed under the id of a worker that had to register again is not blamed", async () => {
      const evicted = await started({ Other: known });
      const idOf = async () => (await engine.holders()).find(({ pid }) => pid === process.pid)?.id as string;
      const former = await idOf();
      await engine.unregister(former);
      await until(async () => ![undefined, former].includes(await idOf()));
      await stopped(evicted);
      const { id } = await heldByDead("Old", undefined, former);
      const heir = await started({ Old: known });
      await until(async () => (await state(id)) === "completed");
      await stopped(heir);
    });

    test("a stopping worker returns a job if the reply to its claim was lost", async () => {
      const id = await push("Old");
      let isMade = false;
      const lossy: QueueEngine = {
        ...engine,
        async exchange(request) {
          if (request.claim !== null) {
            isMade ||= (await engine.exchange(request)).claimed.length > 0;
            // Stop its background tasks, which could notice the job at any moment.
            worker?.stop(1000);
          }
          throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
        },
      };
      const handlers = new Map([["Old", handlerOf("Old", { default: job("Old", known) })]]);
      const worker: Worker | undefined = new Worker({ engine: lossy, handlers, concurrency: 5 });
      await worker.start();
      await worker.ended;
      expect(isMade).toBe(true);
      expect(await engine.find(id)).toMatchObject({ state: "pending", attempts: 0 });
    });

    test("a worker that can't reach the store doesn't keep jobs that a dead worker never started", async () => {
      const { id } = await heldByDead("Old", new AttemptLog());
      const mute = () => Promise.reject(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
      let hasTaken = false;
      const cutOff: QueueEngine = {
        ...engine,
        exchange: mute,
        release: mute,
        async takeOver(dead, by, judge) {
          const blamed = await engine.takeOver(dead, by, judge);
          hasTaken = true;
          return blamed;
        },
      };
      const handlers = new Map([["Old", handlerOf("Old", { default: job("Old", known) })]]);
      const heir = new Worker({ engine: cutOff, handlers, concurrency: 5 });
      await heir.start();
      expect(hasTaken).toBe(true);
      expect(await engine.find(id)).toMatchObject({ state: "pending", attempts: 0 });
      heir.stop(1);
      await heir.ended;
    });

    test("if the worker that takes over a job dies before recording its failure, the next worker records it", async () => {
      const log = new AttemptLog();
      const dead = await heldByDead("Old", log);
      log.note(dead);
      let isCutOff = true;
      const cutOff: QueueEngine = {
        ...engine,
        exchange: (request) =>
          isCutOff
            ? Promise.reject(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }))
            : engine.exchange(request),
      };
      const handlers = new Map([["Old", handlerOf("Old", { default: job("Old", known) })]]);
      const heir = new Worker({ engine: cutOff, handlers, concurrency: 5 });
      await heir.start();
      const between = (await engine.find(dead.id))?.worker as string;
      expect(between).not.toBe("dead");
      await engine.unregister(between);
      const last = await started({ Old: known });
      await until(async () => (await state(dead.id)) === "failed");
      expect((await engine.find(dead.id))?.error).toContain(`its worker died (worker ${between})`);
      isCutOff = false;
      await stopped(heir, last);
    });

    test("a handler that ignores its signal keeps its slot until it returns", async () => {
      let running = 0;
      let most = 0;
      let open = () => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      const deaf: JobDefinition<unknown, unknown> = {
        attempts: 1,
        timeout: "20ms",
        concurrency: 1,
        async run() {
          most = Math.max(most, ++running);
          await gate;
          running--;
        },
      };
      const id = await push("Deaf");
      await push("Deaf");
      const workers = [await started({ Deaf: deaf }), await started({ Deaf: deaf })];
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect([running, most, await state(id)]).toEqual([1, 1, "processing"]);
      open();
      await until(async () => (await state(id)) === "failed");
      await until(async () => (await engine.counts()).byState.completed === 1);
      await stopped(...workers);
      expect(most).toBe(1);
      expect((await engine.find(id))?.error).toContain("timed out after 0.02 s");
    });

    test("if a handler ignores its signal for too long, its worker names it, returns the other jobs and exits", async () => {
      const forever = () => new Promise(() => {});
      const stuck = await push("Stuck");
      const other = await push("Other");
      const worker = await started(
        { Stuck: { attempts: 1, timeout: "20ms", run: forever }, Other: { attempts: 1, run: forever } },
        { stuckAfterMs: 200 },
      );
      await expect(worker.ended).rejects.toMatchObject({
        code: "E_JOB_STUCK",
        message: expect.stringMatching(/^app\/jobs\/Stuck\.ts kept running for 0\.2 s after its time limit/),
      });
      expect(await engine.find(stuck)).toMatchObject({
        state: "failed",
        error: expect.stringContaining("timed out after"),
      });
      expect(await engine.find(other)).toMatchObject({ state: "pending", attempts: 0 });
      expect(await engine.holders()).not.toContainEqual(expect.objectContaining({ pid: process.pid }));
    });
  });
}
