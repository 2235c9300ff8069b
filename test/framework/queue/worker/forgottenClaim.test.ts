import { expect, test } from "vitest";
import type { QueueEngine } from "../../../../framework/queue/engine";
import { handlerOf } from "../../../../framework/queue/handlers";
import { job } from "../../../../framework/queue/job";
import { Worker } from "../../../../framework/queue/worker/worker";
import { sqliteQueue } from "../../../support/queue/sqliteQueue";
import { until } from "../../../support/servers/server";
import { newJob } from "../engines/conformance";

const queue = sqliteQueue();

/** Undoes claims, as a crash of PostgreSQL does if the claims were not on disk yet. */
function forgetClaims(): void {
  const database = queue.open();
  database.exec("update jobs set status = 'pending', locked_by = null, started_at = null, attempts = 0");
  database.close();
}

const away = () => Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));

test("a job whose claim the server lost in a crash does not run twice at the same time", async () => {
  const [pushed] = await queue.engine.push([newJob({ type: "Gated" })]);
  let openGate = () => {};
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  let begun = 0;
  const definition = job("Gated", {
    async run() {
      begun++;
      await gate;
    },
  });
  let isDown = false;
  let refused = 0;
  let givenAgain = 0;
  const crashing: QueueEngine = {
    ...queue.engine,
    // Delay heartbeats until the job is claimed again, because a heartbeat would rightly abort the first run.
    heartbeat: (beat) => (begun === 0 || givenAgain > 0 ? queue.engine.heartbeat(beat) : away()),
    async exchange(request) {
      if (isDown) {
        refused++;
        return away();
      }
      const answer = await queue.engine.exchange(request);
      if (refused > 0) givenAgain += answer.claimed.length;
      return answer;
    },
  };
  const worker = new Worker({
    engine: crashing,
    handlers: new Map([["Gated", handlerOf("Gated", { default: definition })]]),
    concurrency: 3,
  });
  await worker.start();
  await until(() => begun === 1);
  isDown = true;
  worker.wake();
  await until(() => refused > 0);
  forgetClaims();
  isDown = false;
  await until(() => givenAgain === 1);
  openGate();
  await until(async () => (await queue.engine.find(pushed?.id as number))?.state === "completed");
  worker.stop(1000);
  expect(await worker.ended).toEqual({ completed: 1, failed: 0, retried: 0, returned: 0 });
  expect({ begun, givenAgain }).toEqual({ begun: 1, givenAgain: 1 });
});

test("a job that has not been started when the store fails starts only if it is still this worker's", async () => {
  await queue.engine.push([newJob({ type: "Gated" }), newJob({ type: "Gated" })]);
  const begun: number[] = [];
  const gates: (() => void)[] = [];
  const definition = job("Gated", {
    async run({ job: { id }, progress }) {
      begun.push(id);
      await new Promise<void>((resolve) => gates.push(resolve));
      progress(1);
      await new Promise<void>((resolve) => gates.push(resolve));
    },
  });
  let refusals = 0;
  const crashing: QueueEngine = {
    ...queue.engine,
    async exchange(request) {
      if (request.progress.length > 0 && refusals++ === 0) return away();
      const { claim } = request;
      // Queue one job more than can run at once, which the busy worker claims in advance.
      return queue.engine.exchange({ ...request, claim: claim && { ...claim, limit: claim.limit + 1 } });
    },
  };
  const handlers = new Map([["Gated", handlerOf("Gated", { default: definition })]]);
  const worker = new Worker({ engine: crashing, handlers, concurrency: 1 });
  await worker.start();
  await until(() => gates.length === 1);
  const [first] = begun;
  gates[0]?.();
  await until(() => gates.length === 2 && refusals > 0);
  const database = queue.open();
  database.exec(`update jobs set status = 'completed', locked_by = null where id <> ${first}`);
  database.close();
  gates[1]?.();
  await until(async () => (await queue.engine.find(first as number))?.state === "completed");
  worker.stop(1000);
  expect(await worker.ended).toMatchObject({ completed: 1, returned: 0 });
  expect(begun).toEqual([first]);
});
