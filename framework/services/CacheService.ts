import { settings } from "../config/config";
import type { CacheStore } from "./cacheStore";
import { databaseCache } from "./database/databaseCache";
import { redisCache } from "./redis/redisCache";

/**
 * A cache that outlives the process: the table `cache`, or Redis where CACHE_STORE=redis. Values are kept as
 * JSON, so a Date comes back as a text. A miss is null.
 */
const CacheService = {
  async get<T = unknown>(key: string): Promise<T | null> {
    const text = await store().get(checked(key));
    return text === undefined ? null : JSON.parse(text);
  },

  /** Zero minutes or less forgets the entry. */
  async put(key: string, value: unknown, minutes: number): Promise<void> {
    if (!Number.isFinite(minutes))
      throw new TypeError(`a cache entry's minutes must be a number, not ${minutes}`);
    const text = JSON.stringify(value);
    if (text === undefined || minutes <= 0) return CacheService.forget(key);
    await store().put(checked(key), text, Date.now() + Math.round(minutes * 60_000));
  },

  /** The kept value, or what `make` returns, kept from now on; null and undefined are not kept. */
  async remember<T>(key: string, minutes: number, make: () => T | Promise<T>): Promise<T> {
    const making = underway.get(key) ?? keptOrMade(key, minutes, make);
    underway.set(key, making);
    try {
      return (await making) as T;
    } finally {
      underway.delete(key);
    }
  },

  async forget(key: string): Promise<void> {
    await store().forget(checked(key));
  },

  /** Forgets every entry. */
  async flush(): Promise<void> {
    await store().flush();
  },
};
export default CacheService;

/** What is being looked up or made in this process: asked twice at once, it is made once. */
const underway = new Map<string, Promise<unknown>>();

async function keptOrMade<T>(key: string, minutes: number, make: () => T | Promise<T>): Promise<T> {
  const kept = await CacheService.get<T>(key);
  if (kept !== null) return kept;
  const value = await make();
  if (value !== null && value !== undefined) await CacheService.put(key, value, minutes);
  return value;
}

function store(): CacheStore {
  return settings().cacheStore === "redis" ? redisCache : databaseCache;
}

/** The table's key has 255 characters; MySQL would cut a longer one in silence. */
function checked(key: string): string {
  if (typeof key === "string" && key.length > 0 && key.length <= 255) return key;
  throw new TypeError(`a cache key must be a text of 1 to 255 characters, not ${JSON.stringify(key)}`);
}
