import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fresh } from "../../support/apps/fresh";
import { lajuTables } from "../../support/lajuTables";
import { postgresNeed, startPostgres } from "../../support/servers/postgres";
import { redisNeed, startRedis } from "../../support/servers/redis";
import { type TestServer, temporaryFolder } from "../../support/servers/server";

let data: string;
let stop: (() => unknown)[] = [];
beforeEach(() => {
  data = temporaryFolder("cache");
});
afterEach(async () => {
  vi.useRealTimers();
  for (const end of stop) await end();
  stop = [];
  rmSync(data, { recursive: true, force: true });
});

/** Stops the given servers, after the services that are connected to them. */
async function load(variables: Record<string, string> = {}, servers: TestServer[] = []) {
  const services = await fresh({ LAJU_DATA: data, ...variables }, async () => ({
    Cache: (await import("../../../framework/services/Cache")).default,
    CacheService: (await import("../../../framework/services/CacheService")).default,
    DB: (await import("../../../framework/services/DB")).default,
    Redis: (await import("../../../framework/services/Redis")).default,
  }));
  stop.push(
    () => services.DB.destroy(),
    () => services.Redis.disconnect(),
    ...servers.map((server) => server.stop),
  );
  return services;
}

type Services = Awaited<ReturnType<typeof load>>;

async function behaviour({ Cache, CacheService }: Services) {
  expect(Cache).toBe(CacheService);
  expect(await Cache.get("a")).toBeNull();
  await Cache.put("a", { list: [1], text: "é", none: null }, 5);
  await Cache.put("a", { list: [2], text: "é", none: null }, 5);
  expect(await Cache.get("a")).toEqual({ list: [2], text: "é", none: null });
  let made = 0;
  const make = async () => ({ made: ++made });
  expect(await Promise.all([Cache.remember("b", 5, make), Cache.remember("b", 5, make)])).toEqual([
    { made: 1 },
    { made: 1 },
  ]);
  expect(await Cache.remember("b", 5, make)).toEqual({ made: 1 });
  expect(await Cache.remember("nothing", 5, () => null)).toBeNull();
  await Cache.forget("a");
  expect(await Cache.get("a")).toBeNull();
  await Cache.put("gone", 1, 0);
  expect(await Cache.get("gone")).toBeNull();
  await Cache.flush();
  expect(await Cache.get("b")).toBeNull();
  await expect(Cache.put("", 1, 1)).rejects.toThrow("a cache key must be a string of 1 to 255 characters");
  await expect(Cache.put("k", 1, Number.NaN)).rejects.toThrow("minutes must be a number");
}

describe("in the database", () => {
  test("stores, remembers, forgets and flushes values", async () => {
    const services = await load();
    await services.DB.migrate.latest(lajuTables);
    await behaviour(services);
  });

  test("entries expire, and expired ones are deleted", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
    const first = await load();
    await first.DB.migrate.latest(lajuTables);
    await first.Cache.put("short", 1, 1);
    await first.Cache.put("long", 2, 10);
    vi.setSystemTime(1_000_000 + 60_000);
    expect([await first.Cache.get("short"), await first.Cache.get("long")]).toEqual([null, 2]);
    const second = await load();
    await second.Cache.put("other", 3, 1);
    expect((await second.DB("cache").pluck("key")).sort()).toEqual(["long", "other"]);
  });

  test("if its table is missing, the error says how to create it", async () => {
    const { Cache } = await load();
    await expect(Cache.get("a")).rejects.toMatchObject({
      name: "LajuError",
      message: 'the database has no "cache" table',
      hint: expect.stringContaining("node laju migrate"),
    });
  });

  test("a cache table with Laju's columns is replaced", async () => {
    const { Cache, DB } = await load();
    await DB.schema.createTable("cache", (table) => {
      table.string("key").primary();
      table.text("value");
      table.integer("expiration");
    });
    await DB.migrate.latest(lajuTables);
    await Cache.put("a", 1, 1);
    expect(await Cache.get("a")).toBe(1);
  });
});

test.skipIf(postgresNeed.skip)(`in PostgreSQL${postgresNeed.label}`, async () => {
  const server = await startPostgres();
  const services = await load({ DATABASE_URL: server.url }, [server]);
  await expect(services.Cache.get("a")).rejects.toMatchObject({ code: "E_CACHE_TABLE" });
  await services.DB.migrate.latest(lajuTables);
  await behaviour(services);
});

test.skipIf(redisNeed.skip)(`in Redis, where flush leaves other keys alone${redisNeed.label}`, async () => {
  const server = await startRedis();
  const services = await load({ CACHE_STORE: "redis", REDIS_URL: server.url }, [server]);
  await services.Redis.set("other", 1);
  await behaviour(services);
  await services.Cache.put("a", 1, 2);
  expect(await services.Redis.ttl("laju:cache:a")).toBeGreaterThan(110);
  expect(await services.Redis.get("other")).toBe("1");
});
