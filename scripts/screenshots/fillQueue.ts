import { hostname } from "node:os";
import type { NewJob } from "../../framework/queue/engine";
import { closeQueue, queueEngine } from "../../framework/queue/engines/select";
import { sqliteFile } from "../../framework/services/database/databaseLocation";
import { openSqlite } from "../../framework/services/database/sqliteDriver";

// Started by shop.ts with LAJU_ROOT set to the example shop. Adds jobs in all states, and a worker that holds some of
// them.
const engine = await queueEngine();
const worker = {
  id: "web-1 4182",
  // Use this process as the worker's, because it is alive while the screenshots are taken.
  host: hostname(),
  pid: Number(process.env.WORKER_PID),
  identity: null,
  concurrency: 20,
  leaseMs: 3_600_000,
};
await engine.register({ ...worker, types: ["SendInvoice", "ResizeImage"] });
const job = (type: string, data: object, more: Partial<NewJob> = {}): NewJob => ({
  ...{ type, userId: null, data: JSON.stringify(data), priority: 0 },
  ...more,
});
await addPast();
await engine.push([
  ...Array.from({ length: 96 }, (_, index) =>
    job("SendInvoice", { order: 4_100 + index }, { userId: index % 7 }),
  ),
  ...Array.from({ length: 30 }, (_, index) => job("ResizeImage", { file: `products/${index}.jpg` })),
  job("Nightly", {}, { when: { in: 9 * 3_600_000 } }),
]);
const claim = { limit: 60, limits: new Map<string, number>() };
const { claimed } = await engine.exchange({ worker: worker.id, settle: [], progress: [], claim });
await engine.exchange({
  worker: worker.id,
  settle: claimed.slice(0, 52).map((held, index) =>
    index % 17 === 9
      ? {
          ...held,
          state: "failed",
          error: `Error: mailbox of user ${index} is full\n    at run (app/jobs/SendInvoice.ts:12:9)`,
        }
      : { ...held, state: "completed", result: JSON.stringify({ sent: true }) },
  ),
  progress: claimed.slice(52).map((held, index) => ({ ...held, value: String(12 * index + 8) })),
  claim: null,
});
await closeQueue();

/** Adds jobs that ended during the last hour: more and more of them, with some failures around a quarter past. */
async function addPast(): Promise<void> {
  const length = 900;
  await engine.push(
    Array.from({ length }, (_, index) => job(index % 3 === 0 ? "ResizeImage" : "SendInvoice", { index })),
  );
  const all = { limit: length, limits: new Map<string, number>() };
  const { claimed } = await engine.exchange({ worker: worker.id, settle: [], progress: [], claim: all });
  const settle = claimed.map((held) => ({ ...held, state: "completed" as const, result: null }));
  await engine.exchange({ worker: worker.id, settle, progress: [], claim: null });
  const database = openSqlite(sqliteFile());
  database.exec(`
    UPDATE jobs SET completed_at = ${Date.now()} - CAST(3540000 * (id * 7919 % 1000) / 1000.0 * (id * 104729 % 997) / 997.0 AS INTEGER);
    UPDATE jobs SET status = 'failed', error = 'Error: no answer from the printer within 30 s'
      WHERE type = 'SendInvoice' AND id % 7 = 2 AND completed_at BETWEEN ${Date.now() - 2_700_000} AND ${Date.now() - 2_100_000};
  `);
  database.close();
}
