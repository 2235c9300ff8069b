import { beforeEach, describe, expect, test } from "vitest";
import type { NewJob, QueueEngine } from "../../../../framework/queue/engine";
import { handlerOf } from "../../../../framework/queue/handlers";
import { type JobDefinition, job } from "../../../../framework/queue/job";
import { newJob as checkedJob } from "../../../../framework/queue/newJob";
import { Worker } from "../../../../framework/queue/worker/worker";
import { until } from "../../../support/servers/server";
import { newJob } from "./conformance";

const circle = new Error("round");
circle.cause = circle;
const throwing = Object.defineProperty(new Error("shy"), "stack", {
  get() {
    throw new Error("no stack for you");
  },
});
const listed = Object.assign(new Error("listed"), { stack: ["a", "b"] });
const trap = new Proxy(new Error("trap"), {
  get() {
    throw new Error("trapped");
  },
  getPrototypeOf() {
    throw new Error("trapped");
  },
});
const emoji = new Error("\u{1f600}".repeat(15_000));
const thrown: [string, unknown][] = [
  ["an error that is its own cause", circle],
  ["a stack that can't be read", throwing],
  ["a stack that is a list", listed],
  ["a proxy that throws", trap],
  ["a NUL and half a surrogate pair", new Error("a\0b\ud800c")],
  ["an emoji on the edge of the longest text", emoji],
];

/** Tests that no job's data can affect other jobs or workers. */
export function badData(given: () => QueueEngine): void {
  describe("bad data", () => {
    let engine: QueueEngine;
    beforeEach(() => {
      engine = given();
    });

    const once = { attempts: 1, backoff: "0s" };
    const definitions: Record<string, JobDefinition<unknown, unknown>> = {
      Small: { run: ({ data }) => data },
      Throwing: {
        ...once,
        run({ data }) {
          throw thrown[data as number]?.[1];
        },
      },
      Large: { run: ({ data }) => "x".repeat(data as number) },
      // JSON and SQL both escape this character, so its two bytes become eight.
      Quoted: { run: ({ data }) => `"\\`.repeat(data as number) },
      Telling: {
        run({ data, progress }) {
          progress("p".repeat(data as number));
          return new Promise((resolve) => setTimeout(resolve, 100, "told"));
        },
      },
    };

    async function push(jobs: [string, unknown][], more: Partial<NewJob> = {}): Promise<number[]> {
      const all = jobs.map(([type, data]) => newJob({ type, data: JSON.stringify(data), ...more }));
      return (await engine.push(all)).map(({ id }) => id);
    }

    /** Runs a worker until all jobs have ended. Fails if the worker fails. */
    async function work(by: QueueEngine = engine, concurrency = 50): Promise<void> {
      const handlers = new Map(
        Object.entries(definitions).map(([name, one]) => [
          name,
          handlerOf(name, { default: job(name, one) }),
        ]),
      );
      const worker = new Worker({ engine: by, handlers, concurrency, once: true });
      await worker.start();
      await worker.ended;
      const { pending, processing, scheduled } = (await engine.counts()).byState;
      expect({ pending, processing, scheduled }).toEqual({ pending: 0, processing: 0, scheduled: 0 });
    }

    test("stores any thrown value as text, and continues with the other jobs", async () => {
      const ids = await push([...thrown.map((_, n): [string, number] => ["Throwing", n]), ["Small", 7]]);
      await work();
      for (const id of ids.slice(0, -1)) {
        const { state, error } = (await engine.find(id)) ?? {};
        expect(state).toBe("failed");
        expect(error).toMatch(/^[^\p{Surrogate}\0]+$/u);
      }
      expect(await engine.find(ids.at(-1) as number)).toMatchObject({ state: "completed", result: 7 });
    });

    test("a cron job that throws an odd value, with an unknown time zone, gets its next run", async () => {
      const cron = { expression: "0 2 * * *", timezone: "Luna/Tycho" };
      const [id] = (await push([["Throwing", 1]], { cron, userId: 1 })) as [number];
      const worker = new Worker({
        engine,
        handlers: new Map([
          ["Throwing", handlerOf("T", { default: job("T", definitions.Throwing as never) })],
        ]),
        concurrency: 1,
      });
      await worker.start();
      await until(async () => (await engine.find(id))?.state === "failed");
      worker.stop(1000);
      await worker.ended;
      expect(await engine.list({ states: ["scheduled"], limit: 5 })).toMatchObject([
        { rescheduledFromJob: id, cron },
      ]);
    });

    test("stores large results, both in one batch and next to small ones", async () => {
      const size = 3_900_000;
      const ids = await push([
        ...Array.from({ length: 5 }, (): [string, number] => ["Large", size]),
        ["Large", 15_900_000],
        ["Small", "beside"],
      ]);
      await work();
      const jobs = await Promise.all(ids.map((id) => engine.find(id)));
      expect(jobs.map((one) => one?.state)).toEqual(Array(7).fill("completed"));
      expect(jobs.map((one) => String(one?.result).length)).toEqual([...Array(5).fill(size), 15_900_000, 6]);
    });

    test("a job whose result cannot be stored is completed with the reason, and the other results are kept", async () => {
      const ids = await push([
        ["Small", 1],
        ["Quoted", 3_500_000],
        ["Small", 3],
      ]);
      await work();
      const jobs = await Promise.all(ids.map((id) => engine.find(id)));
      expect(jobs.map((one) => one?.state)).toEqual(["completed", "completed", "completed"]);
      expect([jobs[0]?.result, jobs[2]?.result]).toEqual([1, 3]);
      if (jobs[1]?.error === null) expect((jobs[1].result as string).length).toBe(7_000_000);
      else
        expect(jobs[1]).toMatchObject({
          result: null,
          error: expect.stringMatching(/^the result can't be stored: /),
        });
    });

    test("stores large progress values", async () => {
      const [id] = (await push([["Telling", 100_000]])) as [number];
      const seen: unknown[] = [];
      const watching: QueueEngine = {
        ...engine,
        async exchange(request) {
          const answer = await engine.exchange(request);
          if (request.progress.length > 0) seen.push((await engine.find(id))?.progress);
          return answer;
        },
      };
      await work(watching);
      expect(seen).toEqual(["p".repeat(100_000)]);
      expect(await engine.find(id)).toMatchObject({ state: "completed", result: "told" });
    });

    test.each(["completed", "failed", "retry"] as const)(
      "in a batch with one rejected value (%s), only that job loses its text",
      async (ending) => {
        definitions.Odd = {
          attempts: ending === "retry" ? 2 : 1,
          backoff: "1ms",
          run({ job: { attempt } }) {
            if (ending === "completed") return "poison";
            if (ending === "failed" || attempt === 1) throw new Error("poison");
            return "fine";
          },
        };
        const before = Array.from({ length: 20 }, (_, n): [string, number] => ["Small", n]);
        const ids = await push([...before, ["Odd", 0], ...before]);
        let refusals = 0;
        const picky: QueueEngine = {
          ...engine,
          exchange(request) {
            if (!JSON.stringify([request.settle, request.progress]).includes("poison"))
              return engine.exchange(request);
            refusals++;
            return Promise.reject(new Error("invalid byte sequence for encoding"));
          },
        };
        await work(picky, 60);
        expect(refusals).toBeGreaterThan(0);
        const odd = await engine.find(ids[20] as number);
        const texts = {
          completed: {
            state: "completed",
            result: null,
            error: expect.stringMatching(/^the result can't be stored: inv/),
          },
          failed: {
            state: "failed",
            error: expect.stringMatching(/^the error can't be stored: invalid byte/),
          },
          retry: { state: "completed", result: "fine", attempts: 2 },
        };
        expect(odd).toMatchObject(texts[ending]);
        for (const id of ids.filter((_, n) => n !== 20)) {
          expect(await engine.find(id)).toMatchObject({ state: "completed", attempts: 1, error: null });
        }
      },
    );

    test("a worker exits if the store rejects everything", async () => {
      await push([
        ["Small", 1],
        ["Small", 2],
      ]);
      const broken: QueueEngine = {
        ...engine,
        exchange: (request) =>
          request.settle.length > 0 ? Promise.reject(new Error("no such table")) : engine.exchange(request),
      };
      await expect(work(broken)).rejects.toThrow("no such table");
    });

    test("stores data unchanged, and rejects invalid keys", async () => {
      const odd = { "a\0b": "\0 \ud800 \udfff \u2028 \\ ' \" \u{1f600}", "\ud800": [1e21, -0.5] };
      const [pushed] = await engine.push([checkedJob("Small", odd)]);
      await work();
      const { data, result } = (await engine.find(pushed?.id as number)) ?? {};
      expect([data, result]).toEqual([odd, odd]);
      for (const unique of ["a\0", "\ud800", "\udc00a"]) {
        expect(() => checkedJob("Small", 1, { unique })).toThrow(/^unique is /);
        expect(() => checkedJob(unique, 1)).toThrow(/^the type of a job is /);
      }
    });

    test("queues many large jobs at once: either all of them or none", async () => {
      const jobs = Array.from({ length: 12 }, (_, n) =>
        newJob({ data: JSON.stringify(`${n}`.padEnd(2_500_000, "x")) }),
      );
      const pushed = await engine.push(jobs);
      expect(new Set(pushed.map(({ id }) => id)).size).toBe(12);
      const last = await engine.find(pushed[11]?.id as number);
      expect(String(last?.data).slice(0, 3)).toBe("11x");
    });
  });
}
