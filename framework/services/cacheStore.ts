/** Where entries are kept: texts by key, until a time in milliseconds. */
export interface CacheStore {
  get(key: string): Promise<string | undefined>;
  put(key: string, value: string, expiresAt: number): Promise<void>;
  forget(key: string): Promise<void>;
  flush(): Promise<void>;
}
