import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqlite } from "../../framework/services/database/sqliteDriver";
import { startPartnerApi } from "../../scripts/demo/partnerApi";
import { seed } from "../../scripts/demo/seed";
import { makeApp, type TestApp } from "../support/apps/app";
import { fresh } from "../support/apps/fresh";
import { shipped, shippedFiles } from "./shipped";

const tsx = "node_modules/tsx/dist/cli.mjs";
let app: TestApp;

const has = (name: string) => shipped.includes(name);

describe.skipIf(shipped.length === 0)("the shipped examples", () => {
  beforeAll(async () => {
    app = makeApp(shippedFiles());
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    const { default: DB } = await fresh({ LAJU_ROOT: app.root }, () => import("../../framework/services/DB"));
    await DB.migrate.latest();
    await seed(DB);
    await DB.destroy();
  });
  afterAll(() => app?.remove());

  test("are on the crontab only in the demo environment, except for the worker", async () => {
    const rows = JSON.parse((await app.laju("list", "--json")).stdout);
    expect(rows.map((row: { name: string }) => row.name).sort()).toEqual(shipped);
    for (const row of rows) {
      if (row.name !== "Worker") expect(row).toMatchObject({ environments: ["demo"] });
      expect(row.description.length).toBeGreaterThan(20);
    }
  });

  // test/e2e/starting.test.ts covers the other ways to start a command.
  const ways = [
    ["from its source", [tsx, "commands/", ".ts"], "."],
    ["compiled, from build/ as cron does", ["commands/", ".js"], "build"],
  ] as const;

  describe.each(ways)("started %s", (_way, words, cwd) => {
    const start = (name: string, args: string[] = [], more: NodeJS.ProcessEnv = {}) => {
      const [folder = "", ending] = words.slice(-2);
      const file = folder + name + ending;
      return app.run([...words.slice(0, -2), file, ...args], {
        cwd: join(app.root, cwd),
        env: more,
      });
    };

    test.each(["CleanupOldData", "WarmCache"].filter(has))(
      "%s does its work and exits with 0",
      async (name) => {
        expect(await start(name)).toMatchObject({ status: 0, stderr: "" });
      },
    );

    test.runIf(has("Worker"))("the worker exits when no job is due", async () => {
      const { status, stdout } = await start("Worker", ["--once"]);
      expect(stdout).toContain("Worker started");
      expect(status).toBe(0);
    });

    test.runIf(has("PublishScheduledPosts"))(
      "the script exits with 0, or with 1 if the database can't be reached",
      async () => {
        expect(await start("PublishScheduledPosts")).toMatchObject({ status: 0, stderr: "" });
        const failed = await start("PublishScheduledPosts", [], {
          DATABASE_URL: "postgres://u:pw@127.0.0.1:1/x",
        });
        expect(failed).toMatchObject({
          status: 1,
          stderr: expect.stringContaining("could not be published"),
        });
      },
    );

    test.runIf(has("SendDailyDigest"))(
      "the digest goes to the outbox if no mail server is configured",
      async () => {
        const { status } = await start("SendDailyDigest");
        expect(status).toBe(0);
        expect(readdirSync(join(app.root, "data", "outbox"))).toHaveLength(8);
      },
    );

    // Test the rest only once: options, settings and results are handled by the same code for both ways of starting.
    if (cwd !== "build") return;

    test.runIf(has("CleanupOldData"))("an unknown option exits with 2 and one sentence", async () => {
      const { status, stderr } = await start("CleanupOldData", ["--days", "ten"]);
      expect(stderr).toContain("--days is");
      expect(stderr).not.toContain(" at ");
      expect(status).toBe(2);
    });

    test.runIf(has("SyncExternalData"))("a missing setting exits with 1 and its name", async () => {
      const { status, stderr } = await start("SyncExternalData");
      expect(stderr).toContain("SYNC_API_URL is not set");
      expect(status).toBe(1);
    });

    test.runIf(has("SyncExternalData"))("a result with failures exits with 1", async () => {
      const partner = await startPartnerApi(["error"]);
      const more = { SYNC_API_URL: partner.url };
      expect(await start("SyncExternalData", [], more)).toMatchObject({ status: 1 });
      await partner.stop();
    });
  });

  test.runIf(has("PublishScheduledPosts"))("only the scheduled posts that are due were published", () => {
    const database = openSqlite(join(app.root, "data", "dev.sqlite3"));
    const scheduled = database.prepare("SELECT count(*) AS n FROM posts WHERE status = 'scheduled'").get();
    database.close();
    expect(scheduled).toEqual({ n: 1 });
  });
});
