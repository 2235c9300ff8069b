import { describe, test } from "vitest";
import { expectIntended } from "../../../support/virtual-cron/entryChecks";
import { expectClockChanges, expectRandomExpressions } from "../../../support/virtual-cron/expressionChecks";
import { calendars, everyMinute, rates, zoned } from "../../../support/virtual-cron/intendedCases";
import { rangesAroundChanges } from "../../../support/virtual-cron/ranges";
import { expectRawLines } from "../../../support/virtual-cron/rawChecks";
import { missingForVirtualCron } from "../../../support/virtual-cron/virtualCron";

const missing = missingForVirtualCron();
const needs = missing.length > 0 ? ` (needs ${missing.join(", ")})` : "";

// This checks a sample; test/e2e/schedule/virtualCron.test.ts checks thousands of schedules.
describe.skipIf(missing.length > 0 && !process.env.CI)(`the real cron daemon${needs}`, () => {
  test("starts random expressions when the engine says", async () => {
    await expectRandomExpressions(1, 60);
  });

  test("interprets raw lines as --as-written says", async () => {
    await expectRawLines("debian", { seed: 5, count: 60, days: 2 });
  });

  test("follows the engine through Lord Howe's half-hour clock changes", async () => {
    await expectClockChanges("Australia/Lord_Howe", 3);
  });

  test("starts the entries of other zones exactly as intended on a host in Berlin", async () => {
    const [range] = rangesAroundChanges(["America/New_York"], { before: 9, after: 3 });
    await expectIntended(zoned, "Europe/Berlin", range);
  });

  test("starts the entries of rates exactly as intended on a host in Berlin", async () => {
    const [range] = rangesAroundChanges(["Europe/Berlin"], { before: 1, after: 2 });
    await expectIntended([...rates, ...everyMinute], "Europe/Berlin", range);
  });

  test("starts the entries of calendar forms exactly as intended on a host in Berlin", async () => {
    await expectIntended(calendars, "Europe/Berlin", [
      new Date("2028-02-12T00:00Z"),
      new Date("2028-03-11T00:00Z"),
    ]);
  });

  test.each([
    ["three minutes ahead over the time", 180],
    ["five minutes back after the time", -300],
  ])("starts an entry of another zone once when the clock is set %s", async (_, seconds) => {
    const range = [new Date("2026-06-01T13:00Z"), new Date("2026-06-01T14:30Z")] as const;
    const at = Date.parse(seconds > 0 ? "2026-06-01T13:28:30Z" : "2026-06-01T13:31:30Z") / 1000;
    const morning = [{ expression: "30 9 * * 1-5", timezone: "America/New_York" }];
    await expectIntended(morning, "UTC", range, { jumps: [[at, seconds]] });
  });

  const guarded = ["56 23 L * *", "57 23 LW * *", "58 23 * * 0L", "59 23 L,1 * 0#1"];
  test.each([
    ["UTC", "2026-05-31T23:55:30Z", guarded],
    ["America/New_York", "2026-06-01T03:55:30Z", [...guarded, "57 23 * * 0", "56 23 31 5 *"]],
  ])("loses no start that a clock change moves past midnight in %s", async (timezone, step, texts) => {
    const at = Date.parse(step);
    const range = [new Date(at - 175.5 * 60_000), new Date(at + 184.5 * 60_000)] as const;
    const all = texts.map((expression) => ({ expression, timezone }));
    await expectIntended(all, "UTC", range, { jumps: [[at / 1000, 280]] });
  });
});
