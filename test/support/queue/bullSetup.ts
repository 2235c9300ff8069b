import { rmSync } from "node:fs";
import { Redis } from "ioredis";
import type { QueueEngine } from "../../../framework/queue/engine";
import { bullEngine } from "../../../framework/queue/engines/bullmq/bullmq";
import type { TroubleSetup } from "../../framework/queue/engines/troubleConformance";
import { startRedis } from "../servers/redis";
import { type CrashingServer, temporaryFolder } from "../servers/server";

export interface BullSetup extends TroubleSetup {
  /** A connection of its own, separate from the queue's. */
  redis(): Redis;
}

/** The queue in a Redis server of its own, which persists its data. */
export function bullSetup(): BullSetup {
  const folder = temporaryFolder("queue");
  let server: CrashingServer | undefined;
  let client: Redis | undefined;
  const url = () => {
    if (server === undefined) throw new Error("the server has not been started");
    return server.url;
  };
  const redis = () => {
    // Ignore errors, which ioredis would otherwise print while the test has stopped the server.
    client ??= new Redis(url(), { maxRetriesPerRequest: null }).on("error", () => {});
    return client;
  };
  return {
    name: "BullMQ",
    folder,
    redis,
    server: () => server as CrashingServer,
    environment: () => ({ QUEUE_ENGINE: "bullmq", REDIS_URL: url() }),
    async start() {
      server = await startRedis({ appendOnly: true });
    },
    open: async () => openBull(url()),
    openAt: openBull,
    // Make the server a replica of a server that doesn't exist, so that it rejects all writes. If it were only out of
    // memory, it would still accept writes that free some.
    refuseWrites: (isRefusing) =>
      isRefusing ? redis().replicaof("127.0.0.1", 1) : redis().replicaof("no", "one"),
    clear: async () => void (await redis().flushall()),
    async stop() {
      client?.disconnect();
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The queue, stored in the Redis at this URL. */
export function openBull(url: string): QueueEngine {
  const { host, hostname, port } = new URL(url);
  const options = { host: hostname, port: Number(port) };
  return bullEngine({ prefix: "laju", redis: { address: host, variable: "REDIS_URL", options } });
}
