import { Queue, Worker } from "bullmq";

export default async function bullmq(url) {
  const connection = { url, maxRetriesPerRequest: null };
  const queue = new Queue("Bench", { connection });
  return {
    async prepare() {},
    push: (data) => queue.add("Bench", data),
    pushMany: (list) => queue.addBulk(list.map((data) => ({ name: "Bench", data }))),
    async work(handler, concurrency) {
      const worker = new Worker("Bench", ({ data }) => handler(data), {
        connection,
        concurrency: concurrency * 10,
      });
      return { stop: () => worker.close() };
    },
    close: () => queue.close(),
  };
}
