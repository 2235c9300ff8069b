import { openRedis } from "../../../services/redis/redisClient";
import { type RedisLocation, redisLocation } from "../../../services/redis/redisLocation";
import type { NewJob, Pushed, QueueEngine } from "../../engine";
import { onPushHere, pushedHere } from "../../pushedHere";
import { heldRow } from "../claimedJob";
import { Exchanges } from "../exchanges";
import { LeaseJudge, safeMs } from "../leaseJudge";
import { portionsOf } from "../portions";
import { PushBatcher } from "../pushBatcher";
import { addArguments, numbers } from "./fields";
import { countJobs, findJob, listJobs, retryJobs } from "./inspect";
import { RedisJobStore } from "./jobStore";
import { countOutcomes, oldestReady } from "./outcomes";
import { bullVersion } from "./package";
import { Pruning } from "./pruning";
import { refuseImpossible } from "./refusals";
import { Scripts } from "./scripts";
import { Session } from "./session";
import { TypesInHand } from "./typesInHand";
import { type HoldersReply, holdersFrom, workerText } from "./workers";

export interface BullOptions {
  /** The prefix of all keys, without the colon. Apps that share a Redis server use different prefixes. */
  prefix: string;
  redis?: RedisLocation;
}

/** The maximum number of jobs to queue in one operation, which blocks all other clients of Redis. */
const portion = 500;

/**
 * The queue in Redis, stored as BullMQ stores it: one BullMQ queue per job type. So a type's pause and limit are those
 * of its queue, a claim never scans past jobs of types that are paused or at their limit, and counting is cheap.
 * Priority across types is decided at each claim by comparing the first job of every type. Jobs are moved by BullMQ's
 * own Lua. Each of our scripts (lua/) combines several of BullMQ's, so that every operation is atomic and a hundred
 * jobs take one round trip. BullMQ's locks aren't used, because BullMQ writes and renews one key per job, and detects a
 * dead worker only after 30 to 60 seconds. Here each worker has one lease. This function is longer than usual, because
 * it lists all operations of an engine.
 */
export function bullEngine({ prefix, redis = redisLocation() }: BullOptions): QueueEngine {
  bullVersion();
  const habits = { place: redis, sendsOnce: true };
  const client = openRedis(habits);
  const root = `${prefix}:`;
  const scripts = new Scripts(client, root);
  const session = new Session(root, habits);
  const types = new TypesInHand();
  const store = new RedisJobStore(scripts, types);
  const exchanges = new Exchanges(store);
  const leaseJudge = new LeaseJudge();
  const pruning = new Pruning(scripts);
  const batcher = new PushBatcher(insert, 2);

  async function insert(jobs: readonly NewJob[]) {
    const reply = await scripts.run<(string | number)[]>("push", jobs.flatMap(addArguments));
    return jobs.map((_, at) => ({ id: Number(reply[2 * at]), isNew: reply[2 * at + 1] === 1 }));
  }

  return {
    name: "bullmq",
    pipeline: 2,
    pollMs: 1000,
    safeMs: safeMs.byConnection,
    batch: () => 100,
    restMs: () => 0,
    now: () => Date.now() + store.offset,

    async push(jobs, trx) {
      for (const job of jobs) refuseImpossible(job, trx);
      const pushed: Pushed[] = [];
      for (const some of portionsOf(jobs, portion)) pushed.push(...(await batcher.push(some)));
      pushedHere();
      return pushed;
    },
    async replaceMatching(job, staleMs, trx) {
      refuseImpossible(job, trx);
      const [id, ...cancelled] = await scripts.run<string[]>("replace", [staleMs, ...addArguments(job)]);
      pushedHere();
      return { id: Number(id), cancelled: numbers(cancelled) };
    },

    exchange: (request) => exchanges.exchange(request),
    release: (worker, jobs) => store.release(worker, jobs),

    async register(worker) {
      const who = workerText(worker, Date.now() + store.offset);
      await scripts.run("register", [worker.id, who, worker.leaseMs]);
      session.hold(worker.id);
    },
    async heartbeat({ worker, leaseMs }) {
      const [isKnown, ...jobs] = await scripts.run<[number, ...(string | null)[][]]>("heartbeat", [
        worker,
        leaseMs,
      ]);
      return { isKnown: isKnown === 1, held: jobs.map(heldRow) };
    },
    async unregister(id) {
      await scripts.run("unregister", [id]);
      session.release(id);
    },
    async holders() {
      const holders = holdersFrom(await scripts.run<HoldersReply>("holders"));
      const ids = holders.filter(({ lease }) => lease !== null).map(({ id }) => id);
      return leaseJudge.judge(holders, await session.areConnected(ids, client));
    },
    takeOver: (dead, by, judge) => store.takeOver(dead, by, judge),

    readyTypes: () => scripts.run<string[]>("readyTypes"),
    park: (type, idleMs) => scripts.run<number>("park", [type, idleMs]),
    unpark: (names) => scripts.run<number>("unpark", names),

    async watch(onWake) {
      const stop = onPushHere(onWake);
      const watch = await session.watch(onWake);
      return {
        close() {
          stop();
          watch.close();
        },
      };
    },

    counts: () => countJobs(scripts),
    list: (filter) => listJobs(scripts, filter),
    find: (id) => findJob(scripts, id),
    outcomes: (steps) => countOutcomes(scripts, steps),
    oldestReady: () => oldestReady(scripts),
    async retry(which) {
      const ids = await retryJobs(scripts, which);
      pushedHere();
      return ids;
    },
    cancel: async (ids) => numbers(await scripts.run<string[]>("cancel", ids)),
    pause: async (type) => void (await scripts.run("pause", [type, "paused"])),
    async resume(type) {
      await scripts.run("pause", [type, "resumed"]);
      pushedHere();
    },
    paused: async () => (await scripts.run<string[]>("paused")).sort(),
    prune: (keepMs, limit) => pruning.prune(keepMs, limit),

    async close() {
      session.close();
      client.disconnect();
    },
  };
}
