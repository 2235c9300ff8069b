/** Storage for cache entries: strings by key, each with an expiry time in milliseconds. */
export interface CacheStore {
  get(key: string): Promise<string | undefined>;
  put(key: string, value: string, expiresAt: number): Promise<void>;
  forget(key: string): Promise<void>;
  flush(): Promise<void>;
}
