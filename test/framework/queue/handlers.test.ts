import { describe, expect, test } from "vitest";
import { handlerOf, handlersOf } from "../../../framework/queue/handlers";
import {
  type BootstrappedApp,
  type Job,
  type JobContext,
  type JobParams,
  type JobRunner,
  job,
  type LogInterface,
  type WorkerJob,
  type WorkerJobConfig,
  type WorkerJobType,
} from "../../../framework/queue/job";
import { scheduleJob } from "../../../framework/queue/Queue";
import { attemptsFor } from "../../../framework/queue/worker/attempt/ending";

const run = () => 5;
const context = { job: { id: 1, data: { a: 1 } }, data: { a: 1 } } as unknown as JobContext;
const problemOf = (module: object) => {
  try {
    handlerOf("Send", { ...module });
    return "";
  } catch (error) {
    return `${error.message}\n${error.hint}`;
  }
};

// QuickDapp's names, used as in its own files. `npm run typecheck` is what tests them.
async function removeOld(app: BootstrappedApp, log: LogInterface, { data }: WorkerJob<{ days: number }>) {
  log.info("Removing", { days: data.days });
  await app.DB("jobs").count();
}
const typed: JobRunner<{ days: number }> = ({ app, log, job }) => removeOld(app, log, job);
const untyped: JobRunner = async ({ job }: JobParams) => (job.data as { days: number }).days;
const asJob: Job = { run: untyped };
const withOptions = { attempts: 4, timeout: "2m", run: untyped } satisfies Job;
// In an app that has handlers, this job type doesn't exist.
const type = "RemoveOld" as string as WorkerJobType;
const queueIt = (config: WorkerJobConfig<{ days: number }> = { type, userId: 0, data: { days: 3 } }) =>
  scheduleJob(config);

describe("a handler's module", () => {
  test("QuickDapp's types describe handlers", () => {
    expect(handlerOf("RemoveOld", { run: typed }).attempts).toBeNull();
    expect(handlerOf("RemoveOld", { default: asJob }).attempts).toBeNull();
    expect(handlerOf("RemoveOld", { default: withOptions }).attempts).toBe(4);
    expect(queueIt).toBeTypeOf("function");
  });

  test("a plain run and a default { run } get the services in app, and their options apply", async () => {
    const options = { attempts: 5, backoff: "1m", timeout: "2s", concurrency: 4 };
    const seen = ({ app, data }: { app?: object; data: unknown }) => [Object.keys(app ?? {}), data];
    const known = { attempts: 5, backoffMs: 60_000, timeoutMs: 2000, concurrency: 4 };
    for (const module of [{ run: seen, ...options }, { default: { run: seen, ...options } }]) {
      const handler = handlerOf("Send", module);
      expect(handler).toMatchObject(known);
      expect(await handler.run(context)).toEqual([
        expect.arrayContaining(["DB", "Mailer", "Queue"]),
        { a: 1 },
      ]);
    }
    expect(handlerOf("Send", { default: job("Send", { run, ...options }) })).toMatchObject(known);
  });

  test("if a handler declares no attempts, the job decides how many it gets", () => {
    const handler = handlerOf("Send", { run });
    expect(handler).toMatchObject({ attempts: null, backoffMs: 10_000, timeoutMs: null, concurrency: null });
    expect(attemptsFor({ retryPolicy: "handler" }, handler)).toBe(1);
    expect(attemptsFor({ retryPolicy: null }, handler)).toBe(3);
  });

  test("run is called as a method of its object", async () => {
    const definition = {
      word: "hello",
      run() {
        return this.word;
      },
    };
    const { word, ...rest } = definition;
    const declared = Object.defineProperty(rest, "word", { value: word, enumerable: false });
    expect(await handlerOf("Send", { default: declared }).run(context)).toBe("hello");
  });

  test.each<[object, string]>([
    [{}, "app/jobs/Send.ts exports no handler"],
    [{ runs: run }, "exports no handler"],
    [{ run: 5 }, "exports no handler"],
    [{ default: run }, "exports no handler"],
    [{ default: { attempts: 1 } }, "exports no handler"],
    [{ default: null }, "exports no handler"],
    [
      { default: job("Sent", { run }) },
      `declares the job "Sent", which is not the file's name\nWrite job("Send", { … }).`,
    ],
    [{ run, default: job("Send", { run: () => 6 }) }, "exports run in addition to its default export"],
    [{ attempts: 5, default: { run } }, "exports attempts in addition to its default export"],
    [{ run, attempts: 0 }, "has attempts 0\nIt must be a whole number of at least 1."],
    [{ run, attempts: "5" }, 'has attempts "5"'],
    [{ run, concurrency: 1.5 }, "has concurrency 1.5"],
    [{ run, timeout: 5000 }, 'has timeout 5000\nIt must be a duration, such as "30s".'],
    [{ run, timeout: "0s" }, 'has timeout "0s"\nLeave it out for no limit.'],
    [{ run, attemps: 5 }, "declares attemps, which is not an option of a job\nDid you mean attempts?"],
    [
      { run, retries: 5 },
      "declares retries, which is not an option of a job\nThe fields of a handler are run, attempts, ",
    ],
    [{ async *run() {} }, "declares run as a generator function"],
    [{ run, backoff: "soon" }, 'has backoff "soon"'],
    [
      { default: { run, timeouts: "5s" } },
      "declares timeouts, which is not an option of a job\nDid you mean timeout?",
    ],
  ])("%o is refused", (module, message) => {
    expect(problemOf(module)).toContain(message);
  });

  test("exported functions and objects may have names similar to an option", () => {
    expect(problemOf({ run, timeouts: { fast: 1 }, attempt: () => 1, retries: [] })).toBe("");
  });

  test("a handler exported twice counts once", () => {
    expect(problemOf({ run, default: { run } })).toBe("");
  });

  test("a handler that can't be loaded doesn't affect the others", async () => {
    const { handlers, problems } = await handlersOf({
      Good: async () => ({ run }),
      Throws: () => Promise.reject(new Error("no key")),
      Odd: () => Promise.reject("no error"),
      Empty: async () => ({}),
    });
    expect([...handlers.keys()]).toEqual(["Good"]);
    expect([...problems].map(([name, { message }]) => [name, message]).sort()).toEqual([
      ["Empty", "app/jobs/Empty.ts exports no handler"],
      ["Odd", "app/jobs/Odd.ts threw no error"],
      ["Throws", "no key"],
    ]);
  });

  test("handlers are listed in the order of their files, whichever loads first", async () => {
    const slow = () => new Promise<{ run: typeof run }>((resolve) => setTimeout(resolve, 5, { run }));
    const { handlers } = await handlersOf({ Slow: slow, Fast: async () => ({ run }) });
    expect([...handlers.keys()]).toEqual(["Slow", "Fast"]);
  });
});
