import { settings } from "../../config/config";
import { redisLocation } from "../../services/redis/redisLocation";
import { type Check, type Finding, fine, warning } from "../check";

export const redis: Check = {
  name: "Redis",
  async look() {
    const { redis: own, cacheStore, queueEngine } = settings();
    const hasQueue = queueEngine === "bullmq";
    if (!own.isSet && cacheStore !== "redis" && !hasQueue) return fine("not set up");
    const { default: Redis } = await import("../../services/Redis");
    const info = await Redis.info();
    const { address } = redisLocation();
    return (hasQueue && lossRisk(info, address)) || fine(address);
  },
};

/** The finding for a configuration in which Redis can lose queued jobs. */
function lossRisk(info: string, address: string): Finding | undefined {
  const setting = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
  const policy = setting("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    return warning(
      `${address} may evict queued jobs when its memory is full (maxmemory-policy ${policy})`,
      "Run `redis-cli config set maxmemory-policy noeviction`, and set the same in redis.conf.",
    );
  }
  if (setting("aof_enabled") !== "0") return undefined;
  return warning(
    `${address} writes no append-only file (appendonly no): after a crash, the queue is reset to the last snapshot`,
    "Run `redis-cli config set appendonly yes`, and set the same in redis.conf.",
  );
}
