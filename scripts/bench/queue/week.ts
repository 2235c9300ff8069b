/*
 * Checks that neither memory nor the table grows while one worker runs a million jobs, as many as in a busy week.
 *   npx tsx scripts/bench/queue/week.ts
 *   --jobs N    (default 1000000)
 *   --rate N    jobs pushed per second (default 5000), by the same process
 *   --on X      sqlite (default), postgresql, mariadb or redis (BullMQ)
 * Finished jobs are kept for 20 seconds and pruned every minute. Exits with 1 if memory or table grew.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freshDatabase, systems } from "./systems";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "1000000" },
    rate: { type: "string", default: "5000" },
    on: { type: "string", default: "sqlite" },
  },
});
const [jobs, rate] = [Number(values.jobs), Number(values.rate)];
const keepMs = 20_000;

const system = systems.find(({ label, on }) => label === "laju" && on.toLowerCase() === values.on);
const database = system && (await freshDatabase(system));
if (database === undefined) throw new Error(`no queue on ${values.on}`);
const root = mkdtempSync(join(tmpdir(), "laju-week-"));
const place =
  values.on === "redis"
    ? { QUEUE_ENGINE: "bullmq", REDIS_URL: database.url }
    : { DATABASE_URL: database.url };
Object.assign(process.env, place, { LAJU_ROOT: root, LOG_LEVEL: "warn" });

// Import these modules only now, because they read the environment when they are loaded.
const { closeQueue, queueEngine } = await import("../../../framework/queue/engines/select");
const { handlerOf } = await import("../../../framework/queue/handlers");
const { job } = await import("../../../framework/queue/job");
const { Worker } = await import("../../../framework/queue/worker/worker");
const { default: DB } = await import("../../../framework/services/DB");
if (values.on !== "redis") await DB.migrate.latest();

let done = 0;
let pushed = 0;
const definition = job<{ n: number }>("Daily", {
  run: ({ data }) => {
    done++;
    return { ok: data.n };
  },
});
const engine = await queueEngine();
const worker = new Worker({
  engine,
  handlers: new Map([["Daily", handlerOf("Daily", { default: definition })]]),
  concurrency: 10,
  keepMs,
});
await worker.start();

const rows: number[] = [];
const memory: number[] = [];
const begun = Date.now();
// Take twenty samples, so that each quarter of the run has five.
const looking = setInterval(look, (jobs / rate) * 50);
while (pushed < jobs) {
  const wanted = Math.min(jobs, Math.floor(((Date.now() - begun) / 1000) * rate));
  // Don't push faster than the worker processes jobs, because a growing backlog would need more memory.
  if (pushed < wanted && pushed - done < 5 * rate) {
    const size = Math.min(500, wanted - pushed);
    await definition.pushMany(Array.from({ length: size }, (_, index) => ({ n: pushed + index })));
    pushed += size;
  } else await new Promise((resolve) => setTimeout(resolve, 10));
}
while (done < jobs) await new Promise((resolve) => setTimeout(resolve, 100));
clearInterval(looking);
await look();
worker.stop(5000);
await worker.ended;
await closeQueue();
if (values.on !== "redis") await DB.destroy();
await database.stop();
rmSync(root, { recursive: true, force: true });
judge();

async function look(): Promise<void> {
  const { byState } = await engine.counts();
  rows.push(Object.values(byState).reduce((sum, count) => sum + count, 0));
  memory.push(process.memoryUsage.rss() / 2 ** 20);
  const seconds = ((Date.now() - begun) / 1000).toFixed(0);
  console.log(`${seconds} s: ${done} done, ${rows.at(-1)} rows, ${memory.at(-1)?.toFixed(0)} MiB`);
}

/** Compares the second quarter with the last. The first one is warm-up. */
function judge(): void {
  const quarter = Math.floor(memory.length / 4);
  const early = Math.max(...memory.slice(quarter, 2 * quarter));
  const late = Math.max(...memory.slice(-quarter));
  // The most rows that the table can have at this rate. Finished jobs are kept for a while and pruned once a minute.
  const bound = rate * (60 + keepMs / 1000 + 10);
  console.log(`memory: ${early.toFixed(0)} MiB in the second quarter, ${late.toFixed(0)} in the last`);
  console.log(`table: at most ${Math.max(...rows)} rows (limit from rate and retention: ${bound})`);
  if (late > early * 1.15 || Math.max(...rows) > bound) process.exitCode = 1;
}
