import { afterAll, beforeAll, expect, test } from "vitest";
import { dayBefore, daysBefore, monthBefore } from "../../../app/services/calendar";

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = "Europe/Berlin";
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const hours = ({ from, to }: { from: number; to: number }) => (to - from) / 3_600_000;

test("the previous day is in the host's time zone, not in UTC", () => {
  const day = dayBefore(new Date("2026-07-01T22:30:00Z"));
  expect(day).toEqual({
    name: "2026-07-01",
    from: Date.parse("2026-06-30T22:00:00Z"),
    to: Date.parse("2026-07-01T22:00:00Z"),
  });
});

test.each([
  ["2026-03-30T08:00:00", "2026-03-29", 23],
  ["2026-10-26T08:00:00", "2026-10-25", 25],
  ["2026-01-01T08:00:00", "2025-12-31", 24],
  ["2028-03-01T00:00:00", "2028-02-29", 24],
])("the day before %s is %s with %i hours", (now, name, length) => {
  const day = dayBefore(new Date(now));
  expect([day.name, hours(day)]).toEqual([name, length]);
});

test.each([
  ["2026-03-31T23:59:59", "2026-02", 28 * 24],
  ["2026-01-15T00:00:00", "2025-12", 31 * 24],
  ["2026-04-01T00:00:00", "2026-03", 31 * 24 - 1],
])("the month before %s is %s", (now, name, length) => {
  const month = monthBefore(new Date(now));
  expect([month.name, hours(month)]).toEqual([name, length]);
});

test("a number of days before now", () => {
  expect(daysBefore(new Date(10 * 86_400_000), "3")).toBe(7 * 86_400_000);
  expect(() => daysBefore(new Date(), "3 days")).toThrow('--days is "3 days", expected a whole number');
});
