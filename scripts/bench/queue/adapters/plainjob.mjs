import { better, defineQueue, defineWorker } from "plainjob";
import { openSqlite } from "../../../../framework/services/database/sqliteDriver.ts";

const quiet = { error: console.error, warn() {}, info() {}, debug() {} };

export default async function plainjob(url) {
  const connection = better(openSqlite(url.slice("file:".length)));
  const queue = defineQueue({ connection, logger: quiet });
  return {
    async prepare() {},
    push: async (data) => queue.add("Bench", data),
    pushMany: async (list) => queue.addMany("Bench", list),
    async work(handler) {
      const run = (job) => handler(JSON.parse(job.data));
      const worker = defineWorker("Bench", run, { queue, logger: quiet });
      void worker.start();
      return { stop: () => worker.stop() };
    },
    close: async () => queue.close(),
  };
}
