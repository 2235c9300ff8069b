import type { CacheStore } from "../cacheStore";
import Redis from "../Redis";

const prefix = "laju:cache:";

export const redisCache: CacheStore = {
  get: async (key) => (await Redis.get(prefix + key)) ?? undefined,

  async put(key, value, expiresAt) {
    await Redis.set(prefix + key, value, "PX", Math.max(1, expiresAt - Date.now()));
  },

  async forget(key) {
    await Redis.del(prefix + key);
  },

  /** Deletes only the cache's keys, because the server may hold other data such as a queue. */
  async flush() {
    let cursor = "0";
    do {
      const [next, keys] = await Redis.scan(cursor, "MATCH", `${prefix}*`, "COUNT", 500);
      if (keys.length > 0) await Redis.del(keys);
      cursor = next;
    } while (cursor !== "0");
  },
};
