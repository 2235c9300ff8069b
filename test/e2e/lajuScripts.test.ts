import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openSqlite } from "../../framework/services/database/sqliteDriver";
import { type Ended, makeApp, type TestApp } from "../support/apps/app";
import { fixture } from "../support/apps/fixture";
import { redisNeed, startRedis } from "../support/servers/redis";
import type { TestServer } from "../support/servers/server";

const folder = join(import.meta.dirname, "..", "fixtures", "laju");
const scripts = readdirSync(folder).map((file) => [
  `commands/${file}`,
  readFileSync(join(folder, file), "utf8"),
]);

/** The migrations that create the scripts' tables, and a command that fills them. */
const blog = {
  "app/migrations/20260101000100_create_blog.ts": fixture("blog/migrations/20260101000100_create_blog.ts"),
  "fillBlog.ts": fixture("blog/fillBlog.ts"),
  "commands/Fill.ts": `
    import { fillBlog } from "../fillBlog";
    import DB from "../app/services/DB";
    (async () => { await fillBlog(DB); process.exit(0); })();`,
};

/** test/e2e/starting.test.ts covers the other ways to start a command. */
const ways: [string, (app: TestApp, name: string) => Promise<Ended>][] = [
  [
    "npx tsx commands/X.ts",
    (app, name) => app.run([`commands/${name}.ts`], { program: join(app.root, "node_modules/.bin/tsx") }),
  ],
  [
    "cd build && node commands/X.js",
    (app, name) => app.run([`commands/${name}.js`], { cwd: join(app.root, "build") }),
  ],
];

describe("scripts written for Laju", () => {
  let app: TestApp;
  let api: Server;
  let redis: TestServer | undefined;
  beforeAll(async () => {
    api = await startApi();
    if (!redisNeed.skip) redis = await startRedis();
    app = makeApp({ ...blog, ...Object.fromEntries(scripts) });
    const { port } = api.address() as AddressInfo;
    const env = [`API_URL=http://127.0.0.1:${port}`, `REDIS_URL=${redis?.url ?? ""}`];
    app.write(".env", env.join("\n"));
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    expect(await app.laju("migrate")).toMatchObject({ status: 0, stderr: "" });
    expect((await app.run(["build/commands/Fill.js"])).status).toBe(0);
    cpSync(join(app.root, "data"), join(app.root, "filled"), { recursive: true });
  });
  afterAll(async () => {
    app?.remove();
    api?.close();
    await redis?.stop();
  });

  test("pass the type check unchanged", async () => {
    const checked = await app.run(["--noEmit"], { program: join(app.root, "node_modules/.bin/tsc") });
    expect(checked).toMatchObject({ status: 0, stdout: "" });
  });

  test("are listed and built without warnings", async () => {
    const listed = JSON.parse((await app.laju("list", "--json")).stdout);
    expect(listed).toContainEqual(
      expect.objectContaining({ name: "SendDailyEmails", form: "script", schedules: [] }),
    );
  });

  describe.each(ways)("%s", (_, start) => {
    beforeEach(() => {
      rmSync(join(app.root, "data"), { recursive: true });
      cpSync(join(app.root, "filled"), join(app.root, "data"), { recursive: true });
    });

    test("SendDailyEmails sends one mail to each reader", async () => {
      const ended = await start(app, "SendDailyEmails");
      expect(ended).toMatchObject({ status: 0, stderr: "" });
      expect(lastLine(ended)).toMatchObject({ message: "Daily emails sent", users: 8 });
      const mails = readdirSync(join(app.root, "data", "outbox"));
      expect(mails).toHaveLength(8);
      expect(app.read(`data/outbox/${mails[0]}`)).toContain("Subject: Your Daily Digest");
    });

    test("CleanupOldData deletes in one transaction", async () => {
      const ended = await start(app, "CleanupOldData");
      expect(ended).toMatchObject({ status: 0, stderr: "" });
      expect(lastLine(ended)).toMatchObject({ deletedSessions: 90, deletedTokens: 20 });
      expect(count(app, "sessions")).toBe(30);
    });

    test("GenerateReport writes a file next to its data", async () => {
      const ended = await start(app, "GenerateReport");
      expect(ended).toMatchObject({ status: 0, stderr: "" });
      const report = JSON.parse(app.read("data/report.json"));
      expect(report).toMatchObject({ users: 24, posts: 246, admin: "Ada Bergström", nobody: true });
      expect(report.perStatus[0]).toEqual({ status: "draft", count: 3 });
    });

    test("SyncExternalData continues after a bad item and names it", async () => {
      const ended = await start(app, "SyncExternalData");
      expect(ended.status).toBe(0);
      expect(lastLine(ended)).toMatchObject({ message: "Sync completed", synced: 2 });
      const failure = JSON.parse(ended.stderr);
      expect(failure).toMatchObject({ level: "error", message: "Failed to sync item", itemId: "c3" });
      expect(failure.error).toContain("NOT NULL constraint failed: products.name");
      expect(count(app, "products")).toBe(2);
    });

    test.skipIf(redisNeed.skip)(`WarmCache keeps posts in Redis${redisNeed.label}`, async () => {
      const ended = await start(app, "WarmCache");
      expect(ended).toMatchObject({ status: 0, stderr: "" });
      const client = new Redis(redis?.url as string);
      expect(await client.llen("posts:titles")).toBe(10);
      expect(await client.ttl("posts:latest")).toBeGreaterThan(3500);
      await client.flushall();
      client.disconnect();
    });
  });
});

/** A partner's API whose third record is invalid. */
async function startApi(): Promise<Server> {
  const items = [
    { id: "a1", name: "Anvil", price: 100, stock: 1 },
    { id: "b2", name: "Bell", price: 200, stock: 2 },
    { id: "c3", name: null, price: 300, stock: 3 },
  ];
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ items }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function lastLine({ stdout }: Ended): unknown {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) as string);
}

function count(app: TestApp, table: string): number {
  const database = openSqlite(join(app.root, "data", "dev.sqlite3"), { mustExist: true });
  try {
    return database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  } finally {
    database.close();
  }
}
