import { createRequire } from "node:module";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { blockingCommandNames, blockingTime } from "../../../../framework/services/redis/blockingCommands";
import { openRedis } from "../../../../framework/services/redis/redisClient";
import { redisNeed, startRedis } from "../../../support/servers/redis";
import type { TestServer } from "../../../support/servers/server";

const forever = Number.POSITIVE_INFINITY;

test("the blocking commands are those flagged in Redis's own command table", () => {
  const fromIoredis = createRequire(createRequire(import.meta.url).resolve("ioredis"));
  const table: Record<string, { flags: string[] }> = fromIoredis("@ioredis/commands/built/commands.json");
  const blocking = Object.keys(table).filter((name) => table[name]?.flags.includes("blocking"));
  expect([...blockingCommandNames].sort()).toEqual(blocking.sort());
});

test.each<[string, unknown[], number]>([
  ["get", ["k"], 0],
  ["blpop", ["a", "b", 30], 30_000],
  ["BLPOP", ["a", "0.25"], 250],
  ["brpop", ["a", 0], forever],
  ["brpoplpush", ["a", "b", "5"], 5_000],
  ["blmove", ["a", "b", "LEFT", "RIGHT", 3], 3_000],
  ["blmpop", ["7", 2, "a", "b", "LEFT", "COUNT", 100], 7_000],
  ["bzpopmin", ["a", Buffer.from("12")], 12_000],
  ["bzpopmax", ["a", 12], 12_000],
  ["bzmpop", [0, 1, "a", "MIN"], forever],
  ["wait", [1, 15_000], 15_000],
  ["waitaof", [1, 0, "20000"], 20_000],
  ["xread", ["COUNT", 1, "block", "60000", "STREAMS", "s", "$"], 60_000],
  ["xread", ["BLOCK", 0, "STREAMS", "s", "$"], forever],
  ["xread", ["STREAMS", "block", "5000"], 0],
  ["xreadgroup", ["GROUP", "block", "9", "COUNT", 1, "STREAMS", "s", ">"], 0],
  ["xreadgroup", ["GROUP", "g", "streams", "BLOCK", "9", "STREAMS", "s", ">"], 9],
  ["blpop", ["a", "soon"], 0],
  ["blpop", ["a", -1], 0],
  ["blpop", [], 0],
  ["xread", ["BLOCK"], 0],
])("%s %j may block for %d ms", (name, args, wait) => {
  expect(blockingTime(name, args)).toBe(wait);
});

describe.skipIf(redisNeed.skip)(`a client that waits 300 ms for replies${redisNeed.label}`, () => {
  let server: TestServer;
  let helper: Redis;
  const open: Redis[] = [];
  beforeAll(async () => {
    server = await startRedis({ appendOnly: true });
    helper = new Redis(server.url);
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.disconnect();
  });
  afterAll(async () => {
    helper?.disconnect();
    await server?.stop();
  });

  function client(): Redis {
    const { hostname: host, port, host: address } = new URL(server.url);
    const place = { address, variable: "REDIS_URL", options: { host, port: Number(port) } } as const;
    const redis = openRedis({ place, replyWithin: 300 });
    open.push(redis);
    return redis;
  }

  // Repeat this, because on a busy machine a reply may arrive after the client's timeout.
  test("waits as long as each command blocks, however it is sent", { retry: 1 }, async () => {
    const ways: Promise<unknown>[] = [
      client().blpop("none", 1),
      client().bzpopmin("none", 1),
      client().bzpopmax("none", 1),
      client().blmpop(1, 1, "none", "LEFT"),
      client().bzmpop(1, 1, "none", "MIN"),
      client().blmove("none", "other", "LEFT", "RIGHT", 1),
      client().xread("BLOCK", 1000, "STREAMS", "none", "$"),
      client().call("BZPOPMIN", "none", "1"),
      client()
        .pipeline()
        .blpop("none", 1)
        .exec()
        .then((results) => results?.[0]?.[1]),
    ];
    expect(await Promise.all(ways)).toEqual(ways.map(() => null));
    expect(await client().wait(1, 1000)).toBe(0);
  });

  test("a command without a timeout waits until there is data", async () => {
    const waiting = client().bzpopmin("scores", 0);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await helper.zadd("scores", 1, "a");
    expect(await waiting).toEqual(["scores", "a", "1"]);
  });

  test("a command sent after a blocking one gets its full timeout afterwards", async () => {
    const redis = client();
    const first = redis.blpop("none", 0.6);
    const second = redis.blpop("none", 0.6);
    expect(await Promise.all([first, second, redis.ping()])).toEqual([null, null, "PONG"]);
  });

  test("if the server stops while a command blocks, the command fails after its timeout", async () => {
    const own = await startRedis();
    const { hostname: host, port, host: address } = new URL(own.url);
    const place = { address, variable: "REDIS_URL", options: { host, port: Number(port) } } as const;
    const redis = openRedis({ place, replyWithin: 300 });
    open.push(redis);
    await redis.ping();
    process.kill(own.pid, "SIGSTOP");
    const started = Date.now();
    await expect(redis.blpop("none", 0.5)).rejects.toMatchObject({ code: "E_REDIS_CONNECT" });
    expect(Date.now() - started).toBeGreaterThan(750);
    process.kill(own.pid, "SIGCONT");
    await own.stop();
  });
});
