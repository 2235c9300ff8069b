import { expect, test } from "vitest";
import { timesText } from "../../../framework/monitor/findIncidents";

test.each([
  [1, "Mon 23 Nov 04:00"],
  [3, "Mon 23 Nov 02:00, Mon 23 Nov 03:00, Mon 23 Nov 04:00"],
  [4, "Mon 23 Nov 02:00, Mon 23 Nov 03:00, Mon 23 Nov 04:00 and 1 earlier time"],
  [5, "Mon 23 Nov 02:00, Mon 23 Nov 03:00, Mon 23 Nov 04:00 and 2 earlier times"],
])("%i missed starts", (count, text) => {
  const last = Date.parse("2026-11-23T04:00:00Z");
  const times = Array.from({ length: count }, (_, index) => last - (count - 1 - index) * 3_600_000);
  expect(timesText(times, "UTC")).toBe(text);
});
