import { expect, test } from "vitest";
import type { QueueEngine } from "../../../../framework/queue/engine";
import { Worker } from "../../../../framework/queue/worker/worker";
import { sqliteQueue } from "../../../support/queue/sqliteQueue";

const queue = sqliteQueue();

test.each(["stop", "abort"] as const)(
  "a worker that gets %s while it starts leaves nothing behind",
  async (how) => {
    let watches = 0;
    const watched: QueueEngine = {
      ...queue.engine,
      async watch(onWake) {
        const watch = await queue.engine.watch(onWake);
        watches++;
        return {
          close() {
            watches--;
            watch.close();
          },
        };
      },
    };
    const worker = new Worker({ engine: watched, handlers: new Map(), concurrency: 1 });
    const started = worker.start();
    if (how === "stop") worker.stop(1000);
    else worker.abort("a test");
    await started;
    expect(await worker.ended).toMatchObject({ completed: 0, failed: 0 });
    expect(watches).toBe(0);
    expect(await queue.engine.holders()).toEqual([]);
  },
);
