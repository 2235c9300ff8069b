import { closeQueue, queueEngine } from "../../../../framework/queue/engines/select";
import { type HandlerModule, handlerOf } from "../../../../framework/queue/handlers";
import { job } from "../../../../framework/queue/job";
import { Worker } from "../../../../framework/queue/worker/worker";
import DB from "../../../../framework/services/DB";
import type { Adapter, JobData } from "./adapter";

/** laju's queue. QUEUE_ENGINE and DATABASE_URL select where it is stored. */
export default async function laju(): Promise<Adapter> {
  const Bench = job<object>("Bench", { run: () => undefined });
  return {
    async prepare() {
      const { name } = await queueEngine();
      if (name !== "bullmq") await DB.migrate.latest();
    },
    push: (data) => Bench.push(data),
    pushMany: (list) => Bench.pushMany(list),
    async work(run, concurrency) {
      const definition = job<JobData>("Bench", { run: ({ data }) => run(data) });
      const handlers = new Map([["Bench", handlerOf("Bench", { default: definition } as HandlerModule)]]);
      const worker = new Worker({ engine: await queueEngine(), handlers, concurrency });
      await worker.start();
      return {
        stop() {
          worker.stop(5000);
          return worker.ended;
        },
      };
    },
    async close() {
      const { name } = await queueEngine();
      await closeQueue();
      if (name !== "bullmq") await DB.destroy();
    },
  };
}
