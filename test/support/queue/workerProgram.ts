import { appendFileSync, existsSync } from "node:fs";
import { handlerOf } from "../../../framework/queue/handlers";
import { type JobContext, type JobDefinition, job } from "../../../framework/queue/job";
import { workUntilStopped } from "../../../framework/queue/worker/work";

// A real worker. Its handlers append lines "type id attempt word" to a file, in which tests can see what they do.

const { trace, gate, ...options } = JSON.parse(process.argv[2] as string);

function say({ job: { type, id, attempt } }: JobContext, word: string): void {
  appendFileSync(trace, `${type} ${id} ${attempt} ${word}\n`);
}

/** Waits until the test creates the file `gate`, or the job is aborted. */
async function gateOpen({ signal }: JobContext): Promise<void> {
  while (!existsSync(gate)) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  signal.throwIfAborted();
}

const definitions: Record<string, JobDefinition<unknown, unknown>> = {
  Quick: { run: async (context) => say(context, "done") },
  Counted: {
    attempts: 20,
    async run(context) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      say(context, "done");
      return context.job.id;
    },
  },
  Gated: {
    async run(context) {
      say(context, "begun");
      await gateOpen(context);
      say(context, "done");
      return process.pid;
    },
  },
  Poison: {
    attempts: 2,
    run(context) {
      say(context, "begun");
      process.kill(process.pid, "SIGKILL");
    },
  },
  Fragile: {
    attempts: 1,
    async run(context) {
      await gateOpen(context);
      say(context, "done");
    },
  },
  Blocking: {
    run(context) {
      say(context, "begun");
      const until = Date.now() + ((context.data as { ms?: number } | null)?.ms ?? 3000);
      while (Date.now() < until);
      say(context, "done");
    },
  },
  Limited: {
    concurrency: 3,
    async run(context) {
      say(context, "begun");
      await new Promise((resolve) => setTimeout(resolve, 20));
      say(context, "done");
    },
  },
  Endless: {
    attempts: 1,
    timeout: "100ms",
    run: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  },
  Late: {
    attempts: 1,
    timeout: "100ms",
    async run(context) {
      // A handler that continues although its signal was aborted.
      await gateOpen({ ...context, signal: new AbortController().signal });
      say(context, "done");
      return "late";
    },
  },
  Undefined: {
    attempts: 1,
    run() {
      throw undefined;
    },
  },
  Stray: {
    async run() {
      void Promise.reject(new Error("nobody waits for this"));
    },
  },
  Circular: {
    run() {
      const circle: Record<string, unknown> = {};
      circle.self = circle;
      return { circle };
    },
  },
  Failing: {
    attempts: 3,
    backoff: "40ms",
    run(context) {
      say(context, "failed");
      throw new Error("not today", { cause: new Error("rain") });
    },
  },
};

const handlers = new Map(
  Object.entries(definitions).map(([name, definition]) => [
    name,
    handlerOf(name, { default: job(name, definition) }),
  ]),
);
const summary = await workUntilStopped(options, handlers);
process.stdout.write(`${JSON.stringify(summary)}\n`);
process.exit(0);
