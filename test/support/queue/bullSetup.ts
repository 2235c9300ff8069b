import { rmSync } from "node:fs";
import { Redis } from "ioredis";
import type { QueueEngine } from "../../../app/queue/engine";
import { bullEngine } from "../../../app/queue/engines/bullmq/bullmq";
import type { WorkerSetup } from "../../queue/workerConformance";
import { type RedisServer, startRedis } from "../redis";
import { temporaryFolder } from "../server";

export interface BullSetup extends WorkerSetup {
  /** A connection that is not the queue's. */
  redis(): Redis;
  server(): RedisServer;
  /** An engine that reaches the server by another address, such as a proxy's. */
  openAt(url: string): QueueEngine;
}

/** The queue in a Redis of its own, which keeps what it was told. */
export function bullSetup(): BullSetup {
  const folder = temporaryFolder("queue");
  let server: RedisServer | undefined;
  let client: Redis | undefined;
  const url = () => {
    if (server === undefined) throw new Error("the server has not been started");
    return server.url;
  };
  const redis = () => {
    // While the server is away on purpose, ioredis would write so.
    client ??= new Redis(url(), { maxRetriesPerRequest: null }).on("error", () => {});
    return client;
  };
  return {
    name: "BullMQ",
    folder,
    redis,
    server: () => server as RedisServer,
    environment: () => ({ QUEUE_ENGINE: "bullmq", REDIS_URL: url() }),
    async start() {
      server = await startRedis({ appendOnly: true });
    },
    open: async () => openBull(url()),
    openAt: openBull,
    clear: async () => void (await redis().flushall()),
    async stop() {
      client?.disconnect();
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The queue in the Redis at this address. */
export function openBull(url: string): QueueEngine {
  const { host, hostname, port } = new URL(url);
  const options = { host: hostname, port: Number(port) };
  return bullEngine({ prefix: "laju", redis: { address: host, variable: "REDIS_URL", options } });
}
