import { Redis } from "ioredis";
import type { Row, Rows } from "./rows";
import { nameIn, nameOf, uniqueIn } from "./sqlRows";

const lists = { wait: "pending", paused: "pending", active: "processing" };
const sets = {
  prioritized: "pending",
  delayed: "scheduled",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
};
const fields = [
  "pb",
  "ats",
  "timestamp",
  "rescheduledFrom",
  "cron",
  "rescheduleDelay",
  "failedReason",
] as const;

/** Reads the queue's keys in Redis. framework/queue/engines/bullmq/lua/base.ts describes them. */
export class RedisRows implements Rows {
  readonly #client: Redis;
  /** The payloads read so far, by job. They never change and some are large, so each is read only once. */
  readonly #data = new Map<string, { n: string; unique: string | undefined }>();

  constructor(url: string) {
    this.#client = new Redis(url, { maxRetriesPerRequest: 1 }).on("error", () => {});
  }

  async all(): Promise<Row[]> {
    const types = await this.#client.smembers("laju:types");
    const rows = await Promise.all(types.map((type) => this.ofType(type)));
    return rows.flat();
  }

  async workers(): Promise<{ id: string; pid: number }[]> {
    return Object.values(await this.#client.hgetall("laju:workers")).map((text) => JSON.parse(text));
  }

  async disconnectAll(): Promise<void> {
    await this.#client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await this.#client.call("CLIENT", "KILL", "TYPE", "pubsub");
  }

  async folder(): Promise<string> {
    const [, folder] = (await this.#client.config("GET", "dir")) as string[];
    if (folder === undefined) throw new Error("Redis does not say where its files are");
    return folder;
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }

  async ofType(type: string): Promise<Row[]> {
    // Read everything in one transaction. Otherwise, a job that moves between two lists at that time would be seen
    // twice or not at all.
    const asking = this.#client.multi();
    for (const name of Object.keys(lists)) asking.lrange(`laju:${type}:${name}`, 0, -1);
    for (const name of Object.keys(sets)) asking.zrange(`laju:${type}:${name}`, "0", "-1");
    const answers = (await asking.exec()) ?? [];
    const states = Object.values({ ...lists, ...sets });
    const found = answers.flatMap(([, ids], at) =>
      (ids as string[]).map((id) => ({ id, state: states[at] as string })),
    );
    return this.#filled(type, found);
  }

  async #filled(type: string, found: { id: string; state: string }[]): Promise<Row[]> {
    if (found.length === 0) return [];
    const asking = this.#client.pipeline();
    for (const { id } of found) asking.hmget(`laju:${type}:${id}`, ...fields);
    const answers = (await asking.exec()) ?? [];
    const rows: Row[] = [];
    for (const [at, { id, state }] of found.entries()) {
      const values = answers[at]?.[1] as (string | null)[];
      const [worker, attempt, createdAt, from, cron, delay, error] = values;
      const { n, unique } = await this.#carried(type, id, createdAt ?? "");
      rows.push({
        ...{ id: Number(id), n, unique, type, state, attempt: Number(attempt ?? 0), error: error ?? "" },
        worker: state === "processing" ? (worker ?? null) : null,
        due: null,
        createdAt: Number(createdAt),
        rescheduledFrom: from == null ? null : Number(from),
        isCron: cron != null,
        isRescheduled: delay != null,
      });
    }
    return rows;
  }

  async #carried(type: string, id: string, createdAt: string) {
    const key = `${type}:${id}:${createdAt}`;
    let carried = this.#data.get(key);
    if (carried === undefined) {
      const data = (await this.#client.hget(`laju:${type}:${id}`, "data")) ?? "";
      carried = { n: nameOf(type, nameIn(data), Number(id)), unique: uniqueIn(data) };
      this.#data.set(key, carried);
    }
    return carried;
  }
}
