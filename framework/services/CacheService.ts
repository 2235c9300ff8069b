import { settings } from "../config/config";
import type { CacheStore } from "./cacheStore";
import { databaseCache } from "./database/databaseCache";
import { redisCache } from "./redis/redisCache";

/**
 * A persistent cache in the table `cache` or, with CACHE_STORE=redis, in Redis. Values are stored as JSON, so a Date
 * comes back as a string. Getting a missing key returns null.
 */
const CacheService = {
  async get<T = unknown>(key: string): Promise<T | null> {
    const text = await store().get(checked(key));
    return text === undefined ? null : JSON.parse(text);
  },

  /** Stores a value for this many minutes. Zero or less deletes the entry. */
  async put(key: string, value: unknown, minutes: number): Promise<void> {
    if (!Number.isFinite(minutes))
      throw new TypeError(`a cache entry's minutes must be a number, not ${minutes}`);
    const text = JSON.stringify(value);
    if (text === undefined || minutes <= 0) return CacheService.forget(key);
    await store().put(checked(key), text, Date.now() + Math.round(minutes * 60_000));
  },

  /** Returns the cached value, or else calls `make` and caches its result, unless that is null or undefined. */
  async remember<T>(key: string, minutes: number, make: () => T | Promise<T>): Promise<T> {
    const pending = inFlight.get(key) ?? getOrMake(key, minutes, make);
    inFlight.set(key, pending);
    try {
      return (await pending) as T;
    } finally {
      inFlight.delete(key);
    }
  },

  async forget(key: string): Promise<void> {
    await store().forget(checked(key));
  },

  /** Deletes every entry. */
  async flush(): Promise<void> {
    await store().flush();
  },
};
export default CacheService;

/** Pending `remember` calls by key, so that concurrent calls in this process compute a value only once. */
const inFlight = new Map<string, Promise<unknown>>();

async function getOrMake<T>(key: string, minutes: number, make: () => T | Promise<T>): Promise<T> {
  const cached = await CacheService.get<T>(key);
  if (cached !== null) return cached;
  const value = await make();
  if (value !== null && value !== undefined) await CacheService.put(key, value, minutes);
  return value;
}

function store(): CacheStore {
  return settings().cacheStore === "redis" ? redisCache : databaseCache;
}

/** The table's key column holds 255 characters; MySQL would silently truncate a longer key. */
function checked(key: string): string {
  if (typeof key === "string" && key.length > 0 && key.length <= 255) return key;
  throw new TypeError(`a cache key must be a string of 1 to 255 characters, not ${JSON.stringify(key)}`);
}
