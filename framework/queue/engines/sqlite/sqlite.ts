import type { Database } from "../../../services/database/sqliteDriver";
import type { Exchange, Exchanged, QueueEngine } from "../../engine";
import { onPushHere, pushedHere, pushedIn } from "../../pushedHere";
import { LeaseJudge, safeMs } from "../leaseJudge";
import { claimJobs, promoteDue, typesReady } from "./claim";
import { handleOf, openQueueFile, reading, rowsOf, withLock } from "./connection";
import { groupInserts } from "./groupInserts";
import { cancelJobs, countJobs, findJob, listJobs, pauseType, resumeType, retryJobs } from "./inspect";
import { countOutcomes, oldestReady } from "./outcomes";
import { paceOf } from "./pace";
import { isAnyParked, parkJobs, unparkJobs } from "./parking";
import { pruneJobs } from "./prune";
import { insertJobs, replaceJob } from "./push";
import { SameFile } from "./sameFile";
import { noteProgress, releaseJobs, settleJobs } from "./settle";
import { watchFile } from "./wake";
import { beatOf, holdersOf, registerWorker, takeOverFrom, unregisterWorker } from "./workers";

/** Empty, because a file, unlike a server, has no connections that could show whether a worker is alive. */
const noConnections: ReadonlyMap<string, boolean> = new Map();

/** The queue in an SQLite file. */
export function sqliteEngine(file: string, mustExist: boolean): QueueEngine {
  const database = openQueueFile(file, mustExist);
  const sameFile = new SameFile(file);
  const locked = <T>(work: (now: number) => T) => withLock(database, () => work(Date.now()));
  const pace = paceOf(database);
  const place = { after: 0 };
  const leaseJudge = new LeaseJudge();
  const pushTogether = groupInserts(database);
  return {
    name: "sqlite",
    pipeline: 1,
    pollMs: 1000,
    safeMs: safeMs.byLease,
    batch: pace.batch,
    restMs: pace.restMs,

    async push(jobs, trx) {
      if (trx !== undefined) {
        const handle = await handleOf(trx);
        const pushed = reading(() => insertJobs(handle, jobs, Date.now()));
        pushedIn(trx);
        return pushed;
      }
      sameFile.check();
      const pushed = await pushTogether(jobs);
      pushedHere();
      return pushed;
    },

    async replaceMatching(job, staleMs, trx) {
      if (trx !== undefined) {
        const handle = await handleOf(trx);
        const replaced = reading(() => replaceJob(handle, job, staleMs, Date.now()));
        pushedIn(trx);
        return replaced;
      }
      sameFile.check();
      const replaced = await locked((now) => replaceJob(database, job, staleMs, now));
      pushedHere();
      return replaced;
    },

    async exchange(request) {
      sameFile.checkSometimes();
      const work = () => exchange(database, request, Date.now());
      return withLock(database, work, pace.waited).finally(pace.done);
    },
    release: (worker, jobs) => locked(() => releaseJobs(database, worker, jobs)),
    register: (worker) => locked((now) => registerWorker(database, worker, now)),
    heartbeat: (beat) => locked((now) => beatOf(database, beat, now)),
    unregister: (worker) => locked(() => unregisterWorker(database, worker)),
    holders: async () =>
      leaseJudge.judge(
        reading(() => holdersOf(database, Date.now())),
        noConnections,
      ),
    takeOver: (dead, by, judge) => locked(() => takeOverFrom(database, dead, by, judge)),

    readyTypes: async () => reading(() => typesReady(database)),
    park: (type, idleMs) => locked((now) => parkJobs(database, type, now - idleMs)),
    async unpark(types) {
      const isAny = reading(() => isAnyParked(database));
      return isAny ? locked(() => unparkJobs(database, types)) : 0;
    },

    async watch(onWake) {
      const inFile = watchFile(database, file, onWake);
      const stopListening = onPushHere(onWake);
      return {
        close() {
          inFile.close();
          stopListening();
        },
      };
    },

    counts: async () => reading(() => countJobs(database)),
    list: async (filter) => reading(() => listJobs(database, filter)),
    find: async (id) => reading(() => findJob(database, id)),
    outcomes: (steps) => countOutcomes(database, steps),
    oldestReady: async () => reading(() => oldestReady(database)),
    async retry(which) {
      const ids = await locked(() => retryJobs(database, which));
      pushedHere();
      return ids;
    },
    cancel: (ids) => locked((now) => cancelJobs(database, ids, now)),
    pause: (type) => locked((now) => pauseType(database, type, now)),
    async resume(type) {
      await locked(() => resumeType(database, type));
      pushedHere();
    },
    paused: async () =>
      reading(() =>
        rowsOf(database, "select type from queue_pauses order by type").map(([type]) => String(type)),
      ),
    prune: (keepMs, limit) => locked((now) => pruneJobs(database, { now, keepMs, limit }, place)),

    async close() {
      database.close();
    },
  };
}

function exchange(database: Database, { worker, settle, progress, claim }: Exchange, now: number): Exchanged {
  noteProgress(database, worker, progress);
  const lost = settleJobs(database, worker, settle, now);
  if (claim === null || claim.limit <= 0) return { claimed: [], lost, nextDue: null };
  const nextDue = promoteDue(database, now);
  return { claimed: claimJobs(database, worker, claim, now), lost, nextDue };
}
