import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type ExampleApp, exampleApp } from "./exampleApp";

let app: ExampleApp;
let cleanup: typeof import("../../commands/CleanupOldData").default;

beforeAll(async () => {
  app = await exampleApp();
  cleanup = (await import("../../commands/CleanupOldData")).default;
});
beforeEach(() => app.seed());
afterAll(() => app.remove());

const left = async () => ({
  sessions: await app.DB("sessions").count("* as count").first(),
  tokens: await app.DB("tokens").count("* as count").first(),
});

test("deletes sessions unused for 30 days and expired tokens", async () => {
  expect(await app.run(cleanup)).toEqual({ message: "Deleted 90 sessions and 20 tokens", processed: 110 });
  expect(await left()).toEqual({ sessions: { count: 30 }, tokens: { count: 20 } });
});

test("--days sets the age", async () => {
  expect(await app.run(cleanup, ["--days", "100"])).toMatchObject({
    message: "Deleted 20 sessions and 20 tokens",
  });
});

test.each(["0", "-1", "ten", "1.5", ""])("--days=%s is rejected and nothing is deleted", async (days) => {
  await expect(app.run(cleanup, [`--days=${days}`])).rejects.toMatchObject({
    code: "E_USAGE",
    exitStatus: 2,
  });
  expect(await left()).toEqual({ sessions: { count: 120 }, tokens: { count: 40 } });
});

test("an error halfway leaves both tables unchanged", async () => {
  await app.DB.raw(
    "CREATE TRIGGER refuse BEFORE DELETE ON tokens BEGIN SELECT RAISE(ABORT, 'tokens are locked'); END",
  );
  await expect(app.run(cleanup)).rejects.toThrow("tokens are locked");
  await app.DB.raw("DROP TRIGGER refuse");
  expect(await left()).toEqual({ sessions: { count: 120 }, tokens: { count: 40 } });
});
