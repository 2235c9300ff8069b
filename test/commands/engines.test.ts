import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PartnerApi, startPartnerApi } from "../../scripts/demo/partnerApi";
import { type ExampleApp, exampleApp } from "../support/apps/exampleApp";
import { mysqlNeed, startMysql } from "../support/servers/mysql";
import { postgresNeed, startPostgres } from "../support/servers/postgres";
import type { TestServer } from "../support/servers/server";

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

    test("do the same as on SQLite", async () => {
      const { default: digest } = await import("../../commands/SendDailyDigest");
      expect(await app.run(digest)).toMatchObject({ processed: 8, failed: 0 });
      expect(await app.run(digest)).toMatchObject({ processed: 0, failed: 0 });

      const { default: monthly } = await import("../../commands/reports/Monthly");
      await app.run(monthly, ["--no-mail"]);
      await app.run(monthly, ["--no-mail"]);
      expect(await app.DB("monthly_reports")).toMatchObject([{ month: "2026-02", new_users: 4 }]);

      const { default: warm } = await import("../../commands/WarmCache");
      expect(await app.run(warm)).toMatchObject({ processed: 2 });

      const { default: sync } = await import("../../commands/SyncExternalData");
      expect(await app.run(sync)).toMatchObject({ processed: 6, failed: 0 });
      expect(await app.run(sync)).toMatchObject({ processed: 6, failed: 0 });
      expect(await app.DB("products").pluck("sku")).toHaveLength(6);

      const { default: cleanup } = await import("../../commands/CleanupOldData");
      expect(await app.run(cleanup)).toMatchObject({ message: "Deleted 90 sessions and 20 tokens" });
    });

    test("the migrations can be rolled back", async () => {
      await app.DB.migrate.rollback(undefined, true);
      expect(await app.DB.schema.hasTable("users")).toBe(false);
    });
  });
});
