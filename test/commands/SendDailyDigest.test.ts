import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type SmtpServer, startSmtp } from "../support/servers/smtp";
import { type ExampleApp, exampleApp } from "./exampleApp";

let smtp: SmtpServer;
let app: ExampleApp;
let digest: typeof import("../../commands/SendDailyDigest").default;

beforeAll(async () => {
  smtp = await startSmtp();
  app = await exampleApp({ MAIL_URL: smtp.url });
  digest = (await import("../../commands/SendDailyDigest")).default;
});
beforeEach(() => app.seed());
afterEach(() => {
  smtp.mails.length = 0;
});
afterAll(async () => {
  await app.remove();
  await smtp.stop();
});

test("everyone who opted in gets yesterday's posts by mail", async () => {
  const readers = await app.DB("users").where("wants_digest", true).pluck("email");
  const result = await app.run(digest);

  expect(result).toEqual({ message: "Sent 8 digests of 2026-03-09, 0 failed", processed: 8, failed: 0 });
  expect(smtp.mails.flatMap((mail) => mail.recipients).sort()).toEqual(readers.sort());
  expect(smtp.mails[0]?.subject).toBe("Your digest of 2026-03-09");
});

test("a mail contains the reader's name, titles and authors, all escaped", async () => {
  const author = await app.DB("users").first();
  await app.DB("posts").insert({
    user_id: author.id,
    title: "<script>alert(1)</script>",
    body: "Short",
    status: "published",
    published_at: new Date(2026, 2, 9, 12).getTime(),
    created_at: 0,
  });
  await app.run(digest);

  const [mail] = smtp.mails;
  expect(mail?.html).toContain("Hello Ada Bergström");
  expect(mail?.html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(mail?.html).toContain(`by ${author.name}`);
  expect(mail?.html).toMatch(/^<!doctype html>/);
  expect(mail?.text).toContain("opted in to the daily digest");
});

test("a second run mails nobody twice", async () => {
  await app.run(digest);
  const result = await app.run(digest);

  expect(result).toMatchObject({ processed: 0, failed: 0 });
  expect(smtp.mails).toHaveLength(8);
});

test("a bad address counts as failed, doesn't affect the others, and is retried", async () => {
  const [first] = await app.DB("users").where("wants_digest", true).orderBy("id");
  await app.DB("users").where({ id: first.id }).update({ email: "nowhere at all" });
  expect(await app.run(digest)).toMatchObject({ processed: 7, failed: 1 });

  await app.DB("users").where({ id: first.id }).update({ email: first.email });
  expect(await app.run(digest)).toMatchObject({ processed: 1, failed: 0 });
  expect(smtp.mails.at(-1)?.recipients).toEqual([first.email]);
});

test("a day without posts sends nothing", async () => {
  await app.DB("posts").delete();
  expect(await app.run(digest)).toBe("No posts on 2026-03-09, so no mail was sent");
  expect(smtp.mails).toHaveLength(0);
});

test("an aborted run stops between two mails, and the next one continues with the rest", async () => {
  const controller = new AbortController();
  controller.abort(new Error("ended by SIGTERM"));
  await expect(app.run(digest, [], { signal: controller.signal })).rejects.toThrow("ended by SIGTERM");
  expect(await app.run(digest)).toMatchObject({ processed: 8 });
});
