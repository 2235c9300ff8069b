import { setTimeout as pause } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { QueueEngine } from "../../../../framework/queue/engine";
import { handlerOf } from "../../../../framework/queue/handlers";
import { job } from "../../../../framework/queue/job";
import { Worker } from "../../../../framework/queue/worker/worker";
import { logWarn } from "../../../../framework/services/Logger";
import { sqliteQueue } from "../../../support/queue/sqliteQueue";
import { until } from "../../../support/servers/server";
import { newJob } from "../engines/conformance";

vi.mock("../../../../framework/services/Logger", { spy: true });

const queue = sqliteQueue();

test("a worker whose lease has expired starts no job until it knows which jobs are still its own", async () => {
  let beats = 0;
  let isAway = false;
  const engine: QueueEngine = {
    ...queue.engine,
    heartbeat(beat) {
      beats++;
      const away = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
      return isAway ? Promise.reject(away) : queue.engine.heartbeat(beat);
    },
  };
  let begun = 0;
  const definition = job("Quick", {
    run() {
      begun++;
    },
  });
  const handlers = new Map([["Quick", handlerOf("Quick", { default: definition })]]);
  const worker = new Worker({ engine, handlers, concurrency: 1, leaseMs: 1500 });
  await worker.start();
  await until(() => beats === 1);
  isAway = true;
  // By now, the worker must know that other workers have its jobs.
  await until(() => beats === 3);
  const [pushed] = await engine.push([newJob({ type: "Quick" })]);
  await pause(500);
  expect(begun).toBe(0);
  isAway = false;
  await until(async () => (await engine.find(pushed?.id as number))?.state === "completed");
  expect(begun).toBe(1);
  worker.stop(1000);
  await worker.ended;
});

test("a worker whose heartbeats are answered too late starts no job, and logs why", async () => {
  let isSlow = false;
  let beats = 0;
  const engine: QueueEngine = {
    ...queue.engine,
    safeMs: 1500,
    async heartbeat(beat) {
      const answer = await queue.engine.heartbeat(beat);
      if (isSlow) await pause(1600);
      beats++;
      return answer;
    },
  };
  let begun = 0;
  const definition = job("Quick", {
    run() {
      begun++;
    },
  });
  const handlers = new Map([["Quick", handlerOf("Quick", { default: definition })]]);
  const worker = new Worker({ engine, handlers, concurrency: 1 });
  await worker.start();
  isSlow = true;
  await until(() => beats === 2);
  await engine.push([newJob({ type: "Quick" })]);
  await until(() => beats === 5);
  expect(begun).toBe(0);
  const late = "No job can start, because the queue takes too long to answer heartbeats";
  expect(vi.mocked(logWarn).mock.calls).toContainEqual([late]);
  isSlow = false;
  await until(() => begun === 1);
  worker.stop(1000);
  await worker.ended;
});
