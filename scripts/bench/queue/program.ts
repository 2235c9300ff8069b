import { appendFileSync } from "node:fs";
import type { Adapter, JobData } from "./adapters/adapter";

/*
 * The program of each measured process. It gets its settings as JSON on its command line, and prints its measurements
 * as one line of JSON. Before that, the lines "working" and "begun" tell the measuring process how far it is.
 */

export interface Task {
  /** The name of a file in adapters/, which selects the queue. */
  adapter: string;
  url: string;
  mode: "prepare" | "fill" | "drain" | "trickle" | "flood" | "pick" | "hold";
  count: number;
  /** The time between two pushes, in milliseconds. */
  everyMs?: number;
  /** How many pushes may be waiting for their acknowledgment at a time. */
  inFlight?: number;
  /** The path of a file to which each job appends a line. */
  trace?: string;
}

const task = JSON.parse(process.argv[2] as string) as Task;
const { default: open } = await import(`./adapters/${task.adapter}`);
const queue = (await open(task.url)) as Adapter;
const say = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const clock = () => performance.timeOrigin + performance.now();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

await { prepare: () => queue.prepare(), fill, drain, trickle, flood, pick, hold }[task.mode]();
await queue.close();
process.exit(0);

async function fill(): Promise<void> {
  for (let n = 0; n < task.count; n += 1000) {
    const size = Math.min(1000, task.count - n);
    await queue.pushMany(Array.from({ length: size }, (_, index) => ({ n: n + index, at: clock() })));
  }
}

/** Measures from the first job's start to the last one's end. `cpuMs` is this process's CPU time. */
async function drain(): Promise<void> {
  let done = 0;
  let begin = 0;
  let cpu = process.cpuUsage();
  const all = waiting();
  const worker = await queue.work(async ({ n }) => {
    if (done === 0) {
      begin = performance.now();
      cpu = process.cpuUsage();
    }
    if (task.trace) appendFileSync(task.trace, `${n} ${process.pid}\n`);
    if (++done === task.count) all.resolve();
    return { ok: true };
  }, 10);
  say({ working: true });
  process.once("SIGTERM", all.resolve);
  await all.promise;
  await worker.stop();
  const { user, system } = process.cpuUsage(cpu);
  say({
    count: done,
    wallMs: performance.now() - begin,
    cpuMs: (user + system) / 1000,
    memory: process.memoryUsage.rss(),
  });
}

/** Pushes one job after another, waiting for each, as a web process does. Stops at SIGTERM. */
async function trickle(): Promise<void> {
  const took: number[] = [];
  let isStopped = false;
  process.once("SIGTERM", () => {
    isStopped = true;
  });
  for (let n = 0; n < task.count && !isStopped; n++) {
    if (n === 1) say({ working: true });
    const begin = performance.now();
    await queue.push({ n, at: clock() });
    took.push(performance.now() - begin);
    if (task.everyMs) await pause(task.everyMs);
  }
  say(spread(took));
}

async function flood(): Promise<void> {
  const begin = performance.now();
  let n = 0;
  const one = async () => {
    while (n < task.count) await queue.push({ n: n++, at: clock() });
  };
  await Promise.all(Array.from({ length: task.inFlight ?? 32 }, one));
  say({ count: task.count, wallMs: performance.now() - begin });
}

/** Measures the time between the push of a job in another process and its start. */
async function pick(): Promise<void> {
  const took: number[] = [];
  const all = waiting();
  const worker = await queue.work(async ({ at }) => {
    if (took.push(clock() - at) === task.count) all.resolve();
  }, 10);
  say({ working: true });
  await all.promise;
  await worker.stop();
  say(spread(took));
}

/** Starts a job that never finishes. */
async function hold(): Promise<void> {
  await queue.work(async ({ n }: JobData) => {
    say({ begun: clock(), n });
    await new Promise(() => {});
  }, 10);
  say({ working: true });
  await new Promise(() => setInterval(() => {}, 1000));
}

function spread(values: number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return {
    count: values.length,
    p50: at(0.5),
    p99: at(0.99),
    max: sorted.at(-1),
    late: values.filter((ms) => ms > 500).length,
  };
}

function waiting() {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
