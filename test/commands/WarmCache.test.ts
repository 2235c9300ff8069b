import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisNeed, startRedis } from "../support/servers/redis";
import { type ExampleApp, exampleApp } from "./exampleApp";

let app: ExampleApp;
let warm: typeof import("../../commands/WarmCache").default;

beforeAll(async () => {
  app = await exampleApp();
  warm = (await import("../../commands/WarmCache")).default;
});
afterAll(() => app.remove());

test("the lists are cached until after the next run", async () => {
  const result = await app.run(warm);
  expect(result).toEqual({ message: "Warmed posts:latest and authors:top", processed: 2 });

  const { default: Cache } = await import("../../framework/services/CacheService");
  const latest = await Cache.get<{ title: string; author: string }[]>("posts:latest");
  expect(latest).toHaveLength(10);
  expect(latest?.[0]).toEqual({
    id: expect.any(Number),
    title: expect.any(String),
    author: expect.any(String),
  });

  const top = await Cache.get<{ published: number }[]>("authors:top");
  expect(top?.map(({ published }) => published)).toEqual(
    [...(top ?? [])].map(({ published }) => published).sort((a, b) => b - a),
  );
  expect(top).toHaveLength(5);

  const [{ expires_at: until }] = await app.DB("cache").where("key", "posts:latest");
  expect(until).toBeGreaterThan(Date.now() + 20 * 60_000);
});

describe.skipIf(redisNeed.skip)(`with CACHE_STORE=redis${redisNeed.label}`, () => {
  test("the lists are in Redis, and the table stays empty", async () => {
    const server = await startRedis();
    const onRedis = await exampleApp({ CACHE_STORE: "redis", REDIS_URL: server.url });
    const { default: command } = await import("../../commands/WarmCache");
    await onRedis.run(command);

    const { default: Cache } = await import("../../framework/services/CacheService");
    const { default: Redis } = await import("../../framework/services/Redis");
    expect(await Cache.get("posts:latest")).toHaveLength(10);
    expect(await onRedis.DB("cache")).toEqual([]);
    await Redis.quit();
    await onRedis.remove();
    await server.stop();
  });
});
