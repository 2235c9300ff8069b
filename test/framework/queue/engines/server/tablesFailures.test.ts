import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { QueueEngine } from "../../../../../framework/queue/engine";
import { mysqlEngine } from "../../../../../framework/queue/engines/mysql/mysql";
import { postgresEngine } from "../../../../../framework/queue/engines/postgres/postgres";
import { mysqlNeed, startMysql } from "../../../../support/servers/mysql";
import { postgresNeed, startPostgres } from "../../../../support/servers/postgres";
import type { TestServer } from "../../../../support/servers/server";

describe.each([
  {
    name: "PostgreSQL",
    need: postgresNeed,
    start: startPostgres,
    open: (url: string) => postgresEngine({ engine: "pg", url, address: new URL(url).host }),
    missing: /^the queue's tables do not exist \(relation "\w+" does not exist\)$/,
  },
  {
    name: "MySQL",
    need: mysqlNeed,
    start: startMysql,
    open: (url: string) => mysqlEngine({ engine: "mysql2", url, address: new URL(url).host }),
    missing: /^the queue's tables do not exist \(Table 'laju\.\w+' doesn't exist\)$/,
  },
])("without its tables on $name", ({ need, start, open, missing }) => {
  describe.skipIf(need.skip)(`the queue${need.label}`, () => {
    let server: TestServer;
    let engine: QueueEngine;
    beforeAll(async () => {
      server = await start();
      engine = open(server.url);
    });
    afterAll(async () => {
      await engine?.close();
      await server?.stop();
    });

    test.each(["register", "holders", "counts", "list", "find", "retry", "paused"] as const)(
      "says to migrate, without showing a statement: %s",
      async (method) => {
        const worker = { id: "w", host: "h", pid: 1, identity: "i", concurrency: 1, leaseMs: 1_000 };
        const given = { register: worker, list: { limit: 5 }, find: 7, retry: "failed" }[
          method as "find"
        ] as never;
        await expect(engine[method](given)).rejects.toMatchObject({
          code: "E_QUEUE_TABLE",
          message: expect.stringMatching(missing),
          hint: "Run node laju migrate.",
        });
      },
    );
  });
});
