import { hostname } from "node:os";
import type { NewJob } from "../../framework/queue/engine";
import { closeQueue, queueEngine } from "../../framework/queue/engines/select";

// Started by shop.ts, with LAJU_ROOT set to the shop: adds jobs in all states, and a worker that holds some.
const engine = await queueEngine();
const job = (type: string, data: object, more: Partial<NewJob> = {}): NewJob => ({
  ...{ type, userId: null, data: JSON.stringify(data), priority: 0 },
  ...more,
});
await engine.push([
  ...Array.from({ length: 96 }, (_, index) =>
    job("SendInvoice", { order: 4_100 + index }, { userId: index % 7 }),
  ),
  ...Array.from({ length: 30 }, (_, index) => job("ResizeImage", { file: `products/${index}.jpg` })),
  job("Nightly", {}, { when: { in: 9 * 3_600_000 } }),
]);
const worker = {
  id: "web-1 4182",
  // Alive for as long as the pictures are taken.
  host: hostname(),
  pid: process.ppid,
  identity: null,
  concurrency: 20,
  leaseMs: 3_600_000,
};
await engine.register({ ...worker, types: ["SendInvoice", "ResizeImage"] });
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
