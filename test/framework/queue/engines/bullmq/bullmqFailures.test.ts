import { describe, expect, test } from "vitest";
import { bullSetup } from "../../../../support/queue/bullSetup";
import { startProxy } from "../../../../support/servers/proxy";
import { redisNeed } from "../../../../support/servers/redis";
import { until } from "../../../../support/servers/server";
import { troubleConformance } from "../troubleConformance";

const setup = bullSetup();

describe.skipIf(redisNeed.skip)(`BullMQ${redisNeed.label}`, () =>
  troubleConformance(setup, ({ push, state, open }) => {
    test("the next heartbeat finds the jobs of a claim whose reply was lost", async () => {
      let isDeaf = false;
      const proxy = await startProxy(setup.server().url, () => (data) => (isDeaf ? Buffer.alloc(0) : data));
      open.push(() => proxy.close());
      const far = setup.openAt(proxy.url);
      open.push(() => far.close());
      const claiming = { worker: "far", settle: [], progress: [], claim: { limit: 5, limits: new Map() } };
      expect((await far.exchange(claiming)).claimed).toEqual([]);
      const id = await push("Gated");
      isDeaf = true;
      const lost = far.exchange(claiming);
      lost.catch(() => {});
      await until(async () => (await state(id)) === "processing");
      isDeaf = false;
      await setup.redis().call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      await expect(lost).rejects.toMatchObject({ code: "E_REDIS_CONNECT" });
      expect((await far.heartbeat({ worker: "far", leaseMs: 1000 })).held).toMatchObject([
        { id, attempt: 1 },
      ]);
      await far.release("far", (await far.heartbeat({ worker: "far", leaseMs: 1000 })).held);
      expect((await far.exchange(claiming)).claimed).toMatchObject([{ id, attempt: 2, spent: 1 }]);
    });
  }),
);
