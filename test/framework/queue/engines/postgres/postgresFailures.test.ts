import { describe, expect, test } from "vitest";
import { postgresSetup } from "../../../../support/queue/postgresSetup";
import { workerProcesses } from "../../../../support/queue/workerProcess";
import { postgresNeed } from "../../../../support/servers/postgres";
import { everything, startProxy, withoutListening, withoutNotices } from "../../../../support/servers/proxy";
import { until } from "../../../../support/servers/server";
import { lockedJobConformance } from "../lockedJob";
import { troubleConformance } from "../troubleConformance";

const setup = postgresSetup();

describe.skipIf(postgresNeed.skip)(`PostgreSQL${postgresNeed.label}`, () =>
  troubleConformance(setup, ({ engine, push, traced, open }) => {
    lockedJobConformance(setup, engine);

    test.each([
      ["notifications do not arrive", "do not arrive", withoutNotices, undefined],
      ["LISTEN is refused", "syntax error", everything, withoutListening],
    ])("if %s, it says so once and still finds the jobs", async (_, reason, told, asked) => {
      const proxy = await startProxy(setup.server().url, told, asked);
      open.push(() => proxy.close());
      const deaf = workerProcesses(setup.folder, { DATABASE_URL: proxy.url });
      open.push(() => deaf.reset());
      const worker = deaf.start();
      await until(() => worker.output().includes("Worker started"));
      for (let n = 0; n < 3; n++) await traced(`Quick ${await push("Quick")} 1 done`, 5000);
      expect(worker.output().match(/PostgreSQL delivers no notifications/g)).toHaveLength(1);
      expect(worker.output()).toContain(reason);
    });
  }),
);
