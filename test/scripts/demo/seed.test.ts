import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExampleApp, exampleApp } from "../../commands/exampleApp";

let app: ExampleApp;
beforeAll(async () => {
  app = await exampleApp();
});
afterAll(() => app.remove());

const contents = async () => ({
  users: await app.DB("users").orderBy("email").select("name", "email", "created_at"),
  posts: await app.DB("posts").orderBy("published_at").select("title", "status", "published_at"),
  sessions: await app.DB("sessions").orderBy("id").select("id", "updated_at"),
});

test("seeding twice gives the same data once", async () => {
  const first = await contents();
  expect(await app.seed()).toEqual({ users: 24, posts: 246, sessions: 120, tokens: 40 });
  expect(await contents()).toEqual(first);
});

test("every address is plain and unique", async () => {
  const emails: string[] = await app.DB("users").pluck("email");
  expect(new Set(emails).size).toBe(24);
  for (const email of emails) expect(email).toMatch(/^[a-z]+(\.[a-z]+)+@example\.com$/);
});

test("the migrations can be rolled back", async () => {
  await app.DB.migrate.rollback(undefined, true);
  expect(await app.DB.schema.hasTable("users")).toBe(false);
  await app.DB.migrate.latest();
  await app.seed();
});
