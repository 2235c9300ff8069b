import type { Redis } from "ioredis";
import { openRedis, type RedisClientOptions } from "../../../services/redis/redisClient";
import type { Watch } from "../../engine";
import { isOutage } from "../../outage";

/** How often to check the connection, in milliseconds. A dead connection is noticed within two checks. */
const checkEvery = 3000;

/**
 * A connection that only listens: for newly queued jobs, and on one channel per worker of this process. If this process
 * dies, the server drops its channels within milliseconds, which every host can see.
 */
export class Session {
  #client: Redis | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #workers = new Set<string>();
  readonly #listeners = new Set<() => void>();

  constructor(
    readonly prefix: string,
    readonly habits: RedisClientOptions,
  ) {}

  hold(worker: string): void {
    this.#workers.add(worker);
    if (this.#client !== undefined) void listen(this.#client, this.#channels());
  }

  release(worker: string): void {
    this.#workers.delete(worker);
    this.#client?.unsubscribe(this.#channelOf(worker)).catch(() => {});
  }

  async watch(onWake: () => void): Promise<Watch> {
    this.#listeners.add(onWake);
    if (this.#listeners.size === 1) await this.#open();
    return {
      close: () => {
        this.#listeners.delete(onWake);
        if (this.#listeners.size === 0) this.close();
      },
    };
  }

  /** Whether each of these workers is still connected. `asking` must be a connection without subscriptions. */
  async areConnected(workers: readonly string[], asking: Redis): Promise<Map<string, boolean>> {
    if (workers.length === 0) return new Map();
    const reply = (await asking.pubsub("NUMSUB", ...workers.map((id) => this.#channelOf(id)))) as unknown[];
    return new Map(workers.map((id, at) => [id, Number(reply[2 * at + 1]) > 0]));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#client?.disconnect();
    this.#client = undefined;
  }

  #channelOf(worker: string): string {
    return `${this.prefix}worker:${worker}`;
  }

  #channels(): string[] {
    return [`${this.prefix}wake`, ...[...this.#workers].map((id) => this.#channelOf(id))];
  }

  /**
   * Survives server outages: each new connection subscribes again, then wakes the worker in case it missed a
   * notification.
   */
  async #open(): Promise<void> {
    const client = openRedis(this.habits);
    // Subscribe again ourselves: ioredis would repeat only confirmed subscriptions, and hide failures.
    client.options.autoResubscribe = false;
    this.#client = client;
    const wake = () => {
      for (const listener of this.#listeners) listener();
    };
    client.on("message", wake);
    client.on("ready", () => {
      void listen(client, this.#channels());
      wake();
    });
    this.#timer = setInterval(() => this.#check(client), checkEvery).unref();
    const isLost = new Promise((resolve) => client.once("close", resolve));
    await Promise.race([client.subscribe(...this.#channels()), isLost]).catch(unlessOutage);
  }

  /** Reconnects if the server doesn't answer. */
  #check(client: Redis): void {
    if (client.status !== "ready") return;
    const timer = setTimeout(() => client.disconnect(true), checkEvery);
    client
      .ping()
      .catch(() => {})
      .finally(() => clearTimeout(timer));
  }
}

/** Subscribes. If the connection is lost meanwhile, the next connection subscribes again. */
async function listen(client: Redis, channels: readonly string[]): Promise<void> {
  await client.subscribe(...channels).catch(() => {});
}

function unlessOutage(error: unknown): void {
  if (!isOutage(error)) throw error;
}
