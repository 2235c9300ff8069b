import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openRedis } from "../../../../framework/services/redis/redisClient";
import { type FaultyProxy, startProxy } from "../../../support/servers/proxy";
import { redisNeed, startRedis } from "../../../support/servers/redis";
import { type TestServer, until } from "../../../support/servers/server";

describe.skipIf(redisNeed.skip)(`a connection that sends each command once${redisNeed.label}`, () => {
  let server: TestServer;
  let direct: Redis;
  let proxy: FaultyProxy;
  let isDeaf = false;
  let hasLost = false;
  const open: Redis[] = [];
  beforeAll(async () => {
    server = await startRedis();
    direct = new Redis(server.url);
    proxy = await startProxy(server.url, () => (data) => {
      if (!isDeaf) return data;
      hasLost = true;
      return Buffer.alloc(0);
    });
  });
  afterEach(() => {
    isDeaf = false;
    for (const client of open.splice(0)) client.disconnect();
  });
  afterAll(async () => {
    direct?.disconnect();
    await proxy?.close();
    await server?.stop();
  });

  async function connected(sendsOnce: boolean): Promise<Redis> {
    const { hostname: host, port, host: address } = new URL(proxy.url);
    const options = { host, port: Number(port) };
    const client = openRedis({ place: { address, variable: "REDIS_URL", options }, sendsOnce });
    open.push(client);
    await client.ping();
    await direct.set("count", 0);
    return client;
  }

  /** Makes the server execute the command, then closes the connection before the reply arrives. */
  async function lost(client: Redis): Promise<Promise<number>> {
    isDeaf = true;
    hasLost = false;
    const answer = client.incr("count");
    answer.catch(() => {});
    await until(() => hasLost);
    expect(await direct.get("count")).toBe("1");
    isDeaf = false;
    await direct.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    return answer;
  }

  test("a command whose reply is lost fails and is not resent", async () => {
    const client = await connected(true);
    await expect(lost(client)).rejects.toMatchObject({ code: "E_REDIS_CONNECT" });
    expect(await client.get("count")).toBe("1");
  });

  test("a command that reaches a replica closes the connection, since the name may now point to another server", async () => {
    const client = await connected(true);
    const first = await client.client("ID");
    await direct.call("REPLICAOF", "127.0.0.1", "1");
    try {
      await expect(client.incr("count")).rejects.toThrow(/READONLY/);
      expect(await client.client("ID")).not.toBe(first);
    } finally {
      await direct.call("REPLICAOF", "NO", "ONE");
    }
    expect(await client.incr("count")).toBe(1);
  });

  test("by default, as in the app's Redis, ioredis resends it", async () => {
    const client = await connected(false);
    expect(await lost(client)).toBe(2);
  });
});
