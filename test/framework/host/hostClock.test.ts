import { expect, test } from "vitest";
import { shortTime } from "../../../framework/host/hostClock";

test.each([
  ["UTC", "Mon 23 Nov 07:05"],
  ["Europe/Berlin", "Mon 23 Nov 08:05"],
  ["Asia/Kathmandu", "Mon 23 Nov 12:50"],
  ["Pacific/Kiritimati", "Mon 23 Nov 21:05"],
  ["America/Los_Angeles", "Sun 22 Nov 23:05"],
])("a time in %s", (zone, text) => {
  expect(shortTime(new Date("2026-11-23T07:05:59.999Z"), zone)).toBe(text);
});

test("both occurrences of an hour repeated by a clock change", () => {
  const moments = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map((text) => new Date(text));
  expect(moments.map((time) => shortTime(time, "Europe/Berlin"))).toEqual([
    "Sun 25 Oct 02:30",
    "Sun 25 Oct 02:30",
  ]);
});
