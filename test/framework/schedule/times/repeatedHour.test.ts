import { expect, test } from "vitest";
import { isInRepeatedHour } from "../../../../framework/schedule/times/repeatedHour";

test.each([
  ["2026-10-25T00:30:00Z", "Europe/Berlin", false],
  ["2026-10-25T01:00:00Z", "Europe/Berlin", true],
  ["2026-10-25T01:59:59Z", "Europe/Berlin", true],
  ["2026-10-25T02:00:00Z", "Europe/Berlin", false],
  ["2026-03-29T01:30:00Z", "Europe/Berlin", false],
  ["2026-10-25T01:30:00Z", "UTC", false],
  ["2026-04-04T15:20:00Z", "Australia/Lord_Howe", true],
  ["2026-04-04T15:40:00Z", "Australia/Lord_Howe", false],
])("%s in %s is in the second pass of a repeated hour: %s", (time, timezone, isIn) => {
  expect(isInRepeatedHour(Date.parse(time), timezone)).toBe(isIn);
});
