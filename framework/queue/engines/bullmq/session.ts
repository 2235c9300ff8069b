import type { Redis } from "ioredis";
import { openRedis, type RedisClientOptions } from "../../../services/redis/redisClient";
import type { Watch } from "../../engine";
import { isOutage } from "../../outage";

/** A connection whose other end is gone without a word is noticed after one or two of these, in milliseconds. */
const checkEvery = 3000;

/**
 * A connection that does nothing but listen: that something was queued, and on a channel for each worker of this
 * process. The server drops those some milliseconds after the process was killed, on whatever host.
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

  letGo(worker: string): void {
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

  /** Whether the connection behind each of these workers is there; `asking` is a connection that may ask. */
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

  /** Also while the server is away: what is to be heard is asked for on each new connection, and what came meanwhile. */
  async #open(): Promise<void> {
    const client = openRedis(this.habits);
    // ioredis would repeat only what was answered, and nobody would hear of it when that fails.
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

  /** An answer that does not come ends the connection, and another is made. */
  #check(client: Redis): void {
    if (client.status !== "ready") return;
    const timer = setTimeout(() => client.disconnect(true), checkEvery);
    client
      .ping()
      .catch(() => {})
      .finally(() => clearTimeout(timer));
  }
}

/** A connection that is lost meanwhile asks again when there is a new one. */
async function listen(client: Redis, channels: readonly string[]): Promise<void> {
  await client.subscribe(...channels).catch(() => {});
}

function unlessOutage(error: unknown): void {
  if (!isOutage(error)) throw error;
}
