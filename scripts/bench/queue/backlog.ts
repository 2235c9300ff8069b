/*
 * Measures how long it takes to complete 20 jobs and claim 20 more while there is a backlog: `npx tsx
 * scripts/bench/queue/backlog.ts`. Measures first with only a thousand ready jobs, then with 200,000 ready and 1,000,000
 * finished ones, and on a server also 60,000 jobs with and without another transaction that is held open.
 *   --on X      sqlite (default), postgresql or mariadb
 *   --share X   scales these sizes, such as 0.1 (default 1)
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ClaimedJob, heldOf } from "../../../framework/queue/engine";
import { freshDatabase, systems } from "./systems";

const { values } = parseArgs({
  options: { on: { type: "string", default: "sqlite" }, share: { type: "string", default: "1" } },
});
const share = Number(values.share);
const system = systems.find(({ label, on }) => label === "laju" && on.toLowerCase() === values.on);
const database = system && (await freshDatabase(system));
if (database === undefined || values.on === "redis") throw new Error(`no table of jobs on ${values.on}`);
const root = mkdtempSync(join(tmpdir(), "laju-backlog-"));
Object.assign(process.env, { DATABASE_URL: database.url, LAJU_ROOT: root, LOG_LEVEL: "warn" });

// Import these modules only now, because they read the environment when they are loaded.
const { closeQueue, queueEngine } = await import("../../../framework/queue/engines/select");
const { default: DB } = await import("../../../framework/services/DB");
await DB.migrate.latest();
const engine = await queueEngine();
const worker = "bench";
await engine.register({
  id: worker,
  host: "bench",
  pid: process.pid,
  identity: null,
  concurrency: 20,
  leaseMs: 60_000,
});

await fill("pending", 11_000);
report("1,000 ready", await exchanges(500));
await fill("completed", 1_000_000 * share);
await fill("pending", 200_000 * share);
if (values.on === "postgresql") await DB.raw("vacuum analyze jobs");
report(`${200_000 * share} ready, ${1_000_000 * share} finished`, await exchanges(500 * share));
if (values.on !== "sqlite") await besideTransaction();
await closeQueue();
await DB.destroy();
await database.stop();
rmSync(root, { recursive: true, force: true });

/** Inserts rows as they would be after that many jobs. */
async function fill(status: "pending" | "completed", count: number): Promise<void> {
  const now = Date.now();
  const ended = status === "completed" ? now : null;
  const row = {
    type: "Bench",
    status,
    data: "{}",
    attempts: ended ? 1 : 0,
    created_at: now,
    completed_at: ended,
  };
  for (let left = count; left > 0; left -= 500) {
    await DB("jobs").insert(Array.from({ length: Math.min(500, left) }, () => row));
  }
}

/** Measures how long each exchange takes that completes 20 jobs and claims 20 more, in milliseconds. */
async function exchanges(count: number): Promise<number[]> {
  const took: number[] = [];
  let held: ClaimedJob[] = [];
  for (let n = 0; n < count; n++) {
    const settle = held.map((job) => ({
      ...heldOf(job),
      state: "completed" as const,
      result: "{}",
    }));
    const begun = performance.now();
    const exchange = {
      worker,
      settle,
      progress: [],
      claim: { limit: 20, limits: new Map<string, number>() },
    };
    held = (await engine.exchange(exchange)).claimed;
    took.push(performance.now() - begun);
    if (held.length !== 20) throw new Error(`claimed ${held.length} of 20`);
  }
  await engine.release(worker, held);
  return took;
}

/**
 * Holds a transaction open. While it is open, the server keeps old row versions that the transaction might still see.
 */
async function besideTransaction(): Promise<void> {
  const count = 3000 * share;
  const alone = await exchanges(count);
  report(`… the last sixth of ${count * 20} jobs, with no open transaction`, alone.slice(-count / 6));
  const held = await DB.transaction(undefined, { isolationLevel: "repeatable read" });
  await held.raw("select count(*) from queue_workers");
  const took = await exchanges(count);
  await held.rollback();
  report("… the same during an open transaction", took.slice(-count / 6));
  const sum = (times: number[]) => times.reduce((total, time) => total + time, 0);
  const more = (sum(took) / sum(alone) - 1) * 100;
  console.log(`… all of them took ${more.toFixed(0)}% longer during it`);
}

function report(what: string, took: number[]): void {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(2);
  console.log(`${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}
