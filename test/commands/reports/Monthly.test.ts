import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type SmtpServer, startSmtp } from "../../support/servers/smtp";
import { type ExampleApp, exampleApp } from "../exampleApp";

let smtp: SmtpServer;
let app: ExampleApp;
let monthly: typeof import("../../../commands/reports/Monthly").default;

beforeAll(async () => {
  smtp = await startSmtp();
  app = await exampleApp({ MAIL_URL: smtp.url });
  monthly = (await import("../../../commands/reports/Monthly")).default;
});
beforeEach(() => app.seed());
afterEach(() => {
  smtp.mails.length = 0;
});
afterAll(async () => {
  await app.remove();
  await smtp.stop();
});

test("last month's figures are stored and mailed to the administrators", async () => {
  const result = await app.run(monthly);
  expect(result).toEqual({ message: "Report for 2026-02 stored and mailed", processed: 1 });

  const [row, ...more] = await app.DB("monthly_reports");
  expect(more).toEqual([]);
  const february = [new Date(2026, 1, 1).getTime(), new Date(2026, 2, 1).getTime() - 1] as const;
  const posts = await app.DB("posts").where("status", "published").whereBetween("published_at", february);
  expect(row).toMatchObject({ month: "2026-02", new_users: 4, posts: posts.length, active_users: 24 });
  expect(row.authors).toBe(new Set(posts.map((post) => post.user_id)).size);

  expect(smtp.mails[0]?.recipients).toEqual(["ada.bergstrom@example.com"]);
  expect(smtp.mails[0]?.text).toContain(`Posts published: ${posts.length}`);
});

test("another run replaces the month's row", async () => {
  await app.run(monthly, ["--no-mail"]);
  await app.DB("posts").delete();
  await app.run(monthly, ["--no-mail"]);
  expect(await app.DB("monthly_reports")).toMatchObject([{ month: "2026-02", posts: 0 }]);
  expect(smtp.mails).toEqual([]);
});

test("in January the month before is December", async () => {
  await app.run(monthly, ["--no-mail"], { now: new Date(2026, 0, 1, 6) });
  expect(await app.DB("monthly_reports").pluck("month")).toEqual(["2025-12"]);
});

test("no administrator is an error, after the figures are stored", async () => {
  await app.DB("users").update({ role: "member" });
  await expect(app.run(monthly)).rejects.toThrow("no user has the role admin");
  expect(await app.DB("monthly_reports")).toHaveLength(1);
});
