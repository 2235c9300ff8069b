import type { Knex } from "knex";
import type { DatabaseLocation } from "../../../services/database/databaseLocation";
import type { NewJob, Pushed, QueueEngine } from "../../engine";
import { onPushHere, pushedHere } from "../../pushedHere";
import { Exchanges } from "../exchanges";
import { LeaseJudge, safeMs } from "../leaseJudge";
import { JobsTable, withRetries } from "./connection";
import { Connections } from "./connections";
import type { ServerDialect } from "./dialect";
import {
  cancelJobs,
  countJobs,
  findJob,
  listJobs,
  pausedTypes,
  pauseType,
  resumeType,
  retryJobs,
} from "./inspect";
import { ServerJobStore } from "./jobStore";
import { countOutcomes, oldestReady } from "./outcomes";
import { pruneJobs } from "./prune";
import { Pushes } from "./pushes";
import { beatOf, holdersOf, registerWorker, takeOverFrom, unregisterWorker } from "./workers";

type ServerLocation = Exclude<DatabaseLocation, { engine: "sqlite" }>;

/**
 * The queue on a database server. This function is longer than usual, because it lists all operations of an engine.
 */
export function serverEngine(location: ServerLocation, dialect: ServerDialect): QueueEngine {
  const { now } = dialect;
  const connections = new Connections(
    location,
    dialect.driver,
    new JobsTable(dialect.isCurrentSql),
    dialect.prepare,
  );
  const { database } = connections;
  const notifier = dialect.notifier(connections);
  const listener = dialect.listener(connections);
  const store = new ServerJobStore(connections, dialect, listener);
  const { claims } = store;
  const exchanges = new Exchanges(store);
  const pushes = new Pushes(connections, dialect, notifier);
  const leaseJudge = new LeaseJudge();
  const looked = { after: 0 };
  const stopListening = onPushHere(() => claims.forget());
  const changing = <T>(work: () => Promise<T>) => withRetries(work);

  /** Wakes all workers, because there may be more jobs to claim. */
  function wakeAll(): void {
    pushedHere();
    notifier.pushed();
  }

  return {
    name: dialect.name,
    pipeline: 2,
    pollMs: dialect.pollMs,
    safeMs: safeMs.byConnection,
    batch: () => 500,
    restMs: () => 0,
    now: () => Date.now() + claims.offset,

    push: (jobs: readonly NewJob[], trx?: Knex.Transaction): Promise<Pushed[]> => pushes.push(jobs, trx),
    replaceMatching: (job, staleMs, trx) => pushes.replace(job, staleMs, trx),

    exchange: (request) => exchanges.exchange(request),
    release: (worker, jobs) => store.release(worker, jobs),

    async register(worker) {
      await registerWorker(database, dialect, worker, await connections.isCurrent());
      await listener.hold(worker.id);
    },
    async heartbeat(beat) {
      const isKnown = await beatOf(database, dialect, beat);
      return { isKnown, held: await connections.use((connection) => dialect.held(connection, beat.worker)) };
    },
    async unregister(id) {
      await unregisterWorker(database, id);
      await listener.release(id);
    },
    async holders() {
      const holders = await holdersOf(database, dialect);
      return leaseJudge.judge(holders, await listener.areConnected(holders.map(({ id }) => id)));
    },
    async takeOver(dead, by, judge) {
      const columns = dialect.columns(await connections.isCurrent());
      const blamed = await changing(() => takeOverFrom(database, { dead, by, judge, columns }));
      claims.forget();
      return blamed;
    },

    readyTypes: () => connections.use((connection) => dialect.readyTypes(connection)),
    async park(type, idleMs) {
      if (!(await connections.isCurrent())) return 0;
      return changing(() => connections.use((connection) => dialect.park(connection, type, idleMs)));
    },
    async unpark(types) {
      if (!(await connections.isCurrent())) return 0;
      const count = await changing(() => connections.use((connection) => dialect.unpark(connection, types)));
      if (count > 0) claims.forget();
      return count;
    },

    async watch(onWake) {
      const stop = onPushHere(onWake);
      const watch = await listener.watch(() => {
        claims.forget();
        onWake();
      });
      return {
        close() {
          stop();
          watch.close();
        },
      };
    },

    counts: () => countJobs(database),
    list: (filter) => listJobs(database, filter),
    find: (id) => findJob(database, id),
    outcomes: (steps) => countOutcomes(database, steps),
    oldestReady: () => oldestReady(database),
    async retry(which) {
      const isCurrent = await connections.isCurrent();
      const ids = await changing(() => retryJobs(database, which, isCurrent));
      wakeAll();
      return ids;
    },
    async cancel(ids) {
      const isCurrent = await connections.isCurrent();
      return changing(() => cancelJobs(database, ids, now, isCurrent));
    },
    pause: (type) => pauseType(database, type, now),
    async resume(type) {
      await resumeType(database, type);
      wakeAll();
    },
    paused: () => pausedTypes(database),
    prune: (keepMs, limit) => changing(() => pruneJobs(database, { now, keepMs, limit }, looked)),

    async close() {
      stopListening();
      notifier.close();
      listener.close?.();
      await store.close();
      await database.destroy();
    },
  };
}
