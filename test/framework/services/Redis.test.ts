import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AppRedis } from "../../../framework/services/Redis";
import { makeApp } from "../../support/apps/app";
import { bundledScript } from "../../support/apps/bundledScript";
import { fresh } from "../../support/apps/fresh";
import { redisNeed, startRedis } from "../../support/servers/redis";
import { freePort, type TestServer, temporaryFolder } from "../../support/servers/server";

const data = temporaryFolder("redis-test");
let open: AppRedis[] = [];
afterEach(() => {
  for (const redis of open) redis.disconnect();
  open = [];
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

async function load(variables: Record<string, string>): Promise<AppRedis> {
  const { default: Redis } = await fresh(
    { LAJU_DATA: data, ...variables },
    () => import("../../../framework/services/Redis"),
  );
  open.push(Redis);
  return Redis;
}

async function timed(work: () => Promise<unknown>) {
  const started = Date.now();
  const error = await work().then(
    () => undefined,
    (problem) => problem,
  );
  return { error, took: Date.now() - started };
}

describe("without a server", () => {
  test("a command fails within seconds with one clear error, and so does the next", async () => {
    const port = await freePort();
    const Redis = await load({ REDIS_URL: `redis://:hunter2@127.0.0.1:${port}` });
    const { error, took } = await timed(() => Redis.get("x"));
    expect(took).toBeLessThan(5000);
    expect(error).toMatchObject({
      name: "LajuError",
      code: "E_REDIS_CONNECT",
      cause: { code: "ECONNREFUSED" },
    });
    expect(error.message).toBe(
      `Redis at 127.0.0.1:${port} (REDIS_URL) cannot be used: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    const many = await timed(() =>
      Promise.all([Redis.set("a", 1), Redis.incr("b"), Redis.lpush("c", ["d"])]),
    );
    expect(many.took).toBeLessThan(5000);
    expect(many.error).toMatchObject({ code: "E_REDIS_CONNECT" });
  });

  test("a script that catches it exits by itself, with nothing on stderr", async () => {
    const app = makeApp({
      "commands/Dead.ts": `import Redis from "../app/services/Redis";
        (async () => { try { await Redis.get("x"); } catch (error) { console.log(error.code); } })();`,
    });
    const env = { REDIS_PORT: String(await freePort()) };
    const { stdout, stderr, status } = await app.run([await bundledScript(app, "commands/Dead.ts")], {
      env,
    });
    app.remove();
    expect([stdout, stderr, status]).toEqual(["E_REDIS_CONNECT\n", "", 0]);
  });
});

describe.skipIf(redisNeed.skip)(`with a server${redisNeed.label}`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());

  test("ioredis's commands and Laju's variants work", async () => {
    const Redis = await load({ REDIS_URL: `${server.url}/3` });
    expect(await Redis.set("k", "v", "EX", 100)).toBe("OK");
    expect(await Redis.ttl("k")).toBeGreaterThan(90);
    expect(await Redis.set("k", "v2", 50)).toBe("OK");
    expect(await Redis.ttl("k")).toBeLessThanOrEqual(50);
    expect(await Redis.set("k", "v3", undefined)).toBe("OK");
    expect([await Redis.get("k"), await Redis.ttl("k"), await Redis.get("none")]).toEqual(["v3", -1, null]);
    expect(await Redis.set("k", "v4", "EX", 10, "NX")).toBeNull();
    expect([await Redis.set("k", "v5", "NX"), await Redis.set("k", "v5", "XX")]).toEqual([null, "OK"]);
    expect(await Redis.set("k", "v3", 0)).toBe("OK");
    expect(await Redis.rpush("list", ["a", "b"])).toBe(2);
    expect(await Redis.lrange("list", 0, -1)).toEqual(["a", "b"]);
    expect(await Redis.sadd("set", ["a", "b", "c"])).toBe(3);
    expect(await Redis.hset("hash", "f", "1")).toBe(1);
    expect(await Redis.hgetall("hash")).toEqual({ f: "1" });
    expect(await Redis.incr("n")).toBe(1);
    expect(await Redis.expire("n", 5)).toBe(1);
    expect(await Redis.pipeline().incr("n").get("k").exec()).toEqual([
      [null, 2],
      [null, "v3"],
    ]);
    expect(await Redis.multi().incr("n").exec()).toEqual([[null, 3]]);
    expect(await Redis.del(["k", "list"])).toBe(2);
    const { error } = await timed(() => Redis.incr("hash"));
    expect(error).toMatchObject({ name: "ReplyError", message: expect.stringContaining("WRONGTYPE") });
    expect(await Redis.config("GET", "databases")).toEqual(["databases", "16"]);
    expect(await Redis.dbsize()).toBe(3);
  });

  test("an idle connection does not keep a finished script alive, but a pending command does", async () => {
    const app = makeApp({
      "commands/Ends.ts": `import Redis from "../app/services/Redis";
        (async () => {
          await Redis.set("x", 1);
          await Redis.blpop("nothing", 0.5);
          const end = Date.now();
          process.on("exit", () => console.log(Date.now() - end < 1000 ? "prompt" : "late"));
        })();`,
    });
    const { stdout, stderr, status } = await app.run([await bundledScript(app, "commands/Ends.ts")], {
      env: { REDIS_URL: server.url },
    });
    app.remove();
    expect([stdout, stderr, status]).toEqual(["prompt\n", "", 0]);
  });

  test("a subscriber stays connected and receives messages", async () => {
    const Redis = await load({ REDIS_URL: server.url });
    const heard = new Promise((resolve) => Redis.on("message", (...message: string[]) => resolve(message)));
    await Redis.subscribe("news");
    const publisher = await load({ REDIS_URL: server.url });
    expect(await publisher.publish("news", "hello")).toBe(1);
    expect(await heard).toEqual(["news", "hello"]);
  });

  test("importing it does not connect", async () => {
    const Redis = await load({ REDIS_URL: server.url });
    expect(Redis.status).toBe("wait");
  });

  test("a server that stops answering times out within seconds, and is used again when it is back", async () => {
    const own = await startRedis();
    const Redis = await load({ REDIS_URL: own.url });
    process.kill(own.pid, "SIGSTOP");
    const { error, took } = await timed(() => Redis.get("x"));
    expect(took).toBeLessThan(6000);
    expect(error).toMatchObject({
      code: "E_REDIS_CONNECT",
      message: expect.stringContaining("no answer within"),
    });
    process.kill(own.pid, "SIGCONT");
    expect(await Redis.set("x", "back")).toBe("OK");
    await own.stop();
  });

  test("a restarted server is reconnected", async () => {
    const port = await freePort();
    const first = await startRedis({ port });
    const Redis = await load({ REDIS_URL: first.url });
    await Redis.set("x", 1);
    await first.stop();
    const { error } = await timed(() => Redis.get("x"));
    expect(error).toMatchObject({ code: "E_REDIS_CONNECT" });
    const second = await startRedis({ port });
    expect(await Redis.get("x")).toBeNull();
    await second.stop();
  });

  test("a wrong or missing password is reported but not shown", async () => {
    const own = await startRedis({ password: "right" });
    const wrong = await load({ REDIS_URL: own.url.replace("right", "hunter2") });
    const missing = await load({ REDIS_URL: own.url.replace(":right@", "") });
    const right = await load({
      REDIS_HOST: "127.0.0.1",
      REDIS_PORT: new URL(own.url).port,
      REDIS_PASSWORD: "right",
    });
    const errors = [await timed(() => wrong.get("x")), await timed(() => missing.get("x"))];
    for (const { error, took } of errors) {
      expect(error).toMatchObject({
        name: "LajuError",
        code: "E_REDIS_LOGIN",
        hint: expect.stringContaining("REDIS_PASSWORD"),
      });
      expect(error.message).not.toContain("hunter2");
      expect(took).toBeLessThan(5000);
    }
    expect(await right.set("x", 1)).toBe("OK");
    await own.stop();
  });
});
