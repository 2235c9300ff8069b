import { settings } from "../../config/config";
import { redisPlace } from "../../services/redis/redisPlace";
import { type Check, type Finding, fine, warning } from "../check";

export const redis: Check = {
  name: "Redis",
  async look() {
    const { redis: own, cacheStore, queueEngine } = settings();
    const hasQueue = queueEngine === "bullmq";
    if (!own.isSet && cacheStore !== "redis" && !hasQueue) return fine("not set up");
    const { default: Redis } = await import("../../services/Redis");
    const info = await Redis.info();
    const { address } = redisPlace();
    return (hasQueue && howItIsLost(info, address)) || fine(address);
  },
};

/** A queue in a Redis that forgets is none: by what it says of itself. */
function howItIsLost(info: string, address: string): Finding | undefined {
  const said = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
  const policy = said("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    return warning(
      `${address} deletes what it likes when it is full (maxmemory-policy ${policy}): the queue's jobs too`,
      "redis-cli config set maxmemory-policy noeviction, and the same in redis.conf.",
    );
  }
  if (said("aof_enabled") !== "0") return undefined;
  return warning(
    `${address} keeps no log (appendonly no): when it crashes, the queue is as at its last snapshot`,
    "redis-cli config set appendonly yes, and the same in redis.conf.",
  );
}
