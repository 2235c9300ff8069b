import { LajuError } from "../../config/errors";
import type { CacheStore } from "../cacheStore";
import DB from "../DB";
import { isMissingTable } from "./sqlErrors";

interface CacheRow {
  key: string;
  value: string;
  expires_at: number | string;
}

let hasPurged = false;

export const databaseCache: CacheStore = {
  get: (key) =>
    withTable(async () => {
      const row: CacheRow | undefined = await DB.from("cache").where({ key }).first();
      return row !== undefined && Number(row.expires_at) > Date.now() ? row.value : undefined;
    }),

  put: (key, value, expires_at) =>
    withTable(async () => {
      await purgeOnce();
      await DB.from("cache").insert({ key, value, expires_at }).onConflict("key").merge();
    }),

  forget: (key) => withTable(() => DB.from("cache").where({ key }).delete()),

  flush: () => withTable(() => DB.from("cache").delete()),
};

/** Deletes expired entries, once per process. Otherwise, entries that are never read again would pile up. */
async function purgeOnce(): Promise<void> {
  if (hasPurged) return;
  hasPurged = true;
  await DB.from("cache").where("expires_at", "<=", Date.now()).delete();
}

async function withTable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isMissingTable(error)) throw error;
    throw new LajuError('the database has no "cache" table', {
      code: "E_CACHE_TABLE",
      hint: "Run node laju migrate, or set CACHE_STORE=redis.",
      cause: error,
    });
  }
}
