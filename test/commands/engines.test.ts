import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandDefinition } from "../../framework/start/runCommand";
import { type PartnerApi, startPartnerApi } from "../../scripts/demo/partnerApi";
import { mysqlNeed, startMysql } from "../support/servers/mysql";
import { postgresNeed, startPostgres } from "../support/servers/postgres";
import type { TestServer } from "../support/servers/server";
import { type ExampleApp, exampleApp } from "./exampleApp";
import { pathOf, shipped } from "./shipped";

const has = (name: string) => shipped.includes(name);

/**
 * Imports a command by its path. The type check then also passes without the file, because users may delete examples.
 */
async function example(name: string): Promise<CommandDefinition> {
  return (await import(pathOf(name))).default;
}

const engines = [
  ["PostgreSQL", postgresNeed, startPostgres],
  ["MySQL", mysqlNeed, startMysql],
] as const;

describe.each(engines)("the examples on %s", (name, need, startServer) => {
  describe.skipIf(need.skip)(`${name}${need.label}`, () => {
    let server: TestServer;
    let partner: PartnerApi;
    let app: ExampleApp;

    beforeAll(async () => {
      server = await startServer();
      partner = await startPartnerApi();
      app = await exampleApp({ DATABASE_URL: server.url, SYNC_API_URL: partner.url });
    });
    afterAll(async () => {
      await app.remove();
      await partner.stop();
      await server.stop();
    });

    test.runIf(has("SendDailyDigest"))("SendDailyDigest mails everyone once", async () => {
      const digest = await example("SendDailyDigest");
      expect(await app.run(digest)).toMatchObject({ processed: 8, failed: 0 });
      expect(await app.run(digest)).toMatchObject({ processed: 0, failed: 0 });
    });

    test.runIf(has("reports/Monthly"))("Monthly keeps one row per month", async () => {
      const monthly = await example("reports/Monthly");
      await app.run(monthly, ["--no-mail"]);
      await app.run(monthly, ["--no-mail"]);
      expect(await app.DB("monthly_reports")).toMatchObject([{ month: "2026-02", new_users: 4 }]);
    });

    test.runIf(has("WarmCache"))("WarmCache fills both lists", async () => {
      expect(await app.run(await example("WarmCache"))).toMatchObject({ processed: 2 });
    });

    test.runIf(has("SyncExternalData"))("SyncExternalData updates known products", async () => {
      const sync = await example("SyncExternalData");
      expect(await app.run(sync)).toMatchObject({ processed: 6, failed: 0 });
      expect(await app.run(sync)).toMatchObject({ processed: 6, failed: 0 });
      expect(await app.DB("products").pluck("sku")).toHaveLength(6);
    });

    test.runIf(has("CleanupOldData"))("CleanupOldData deletes old rows", async () => {
      const message = "Deleted 90 sessions and 20 tokens";
      expect(await app.run(await example("CleanupOldData"))).toMatchObject({ message });
    });

    test("the migrations can be rolled back", async () => {
      await app.DB.migrate.rollback(undefined, true);
      expect(await app.DB.schema.hasTable("users")).toBe(false);
    });
  });
});
