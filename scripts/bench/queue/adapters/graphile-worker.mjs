import { Logger, makeWorkerUtils, run, runMigrations } from "graphile-worker";

const logger = new Logger(() => () => {});

export default async function graphile(connectionString) {
  let utils;
  const api = async () => (utils ??= await makeWorkerUtils({ connectionString, logger }));
  return {
    prepare: () => runMigrations({ connectionString, logger }),
    push: async (data) => (await api()).addJob("Bench", data),
    pushMany: async (list) =>
      (await api()).addJobs(list.map((payload) => ({ identifier: "Bench", payload }))),
    // The settings that its documentation recommends for speed: a local queue, and completions in batches.
    async work(handler, concurrency) {
      const worker = {
        connectionString,
        concurrentJobs: concurrency * 5,
        completeJobBatchDelay: 0,
        localQueue: { size: 500 },
      };
      return run({ logger, preset: { worker }, taskList: { Bench: handler }, noHandleSignals: true });
    },
    close: async () => utils?.release(),
  };
}
