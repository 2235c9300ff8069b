import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../../framework/config/duration";
import { LajuError } from "../../../framework/config/errors";

describe("a duration", () => {
  test.each([
    ["500ms", 500],
    ["90s", 90_000],
    ["10m", 600_000],
    ["1h30m", 5_400_000],
    ["1h 30m", 5_400_000],
    ["4m 02s", 242_000],
    ["2 days", 172_800_000],
    ["1 week", 604_800_000],
    ["1.5h", 5_400_000],
    ["0s", 0],
  ])("%s is %i milliseconds", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each(["", "10", "m", "10x", "-5m", "30m1h", "5m5m", "1e9w", "10 m x", "99999999999999999w", "5M"])(
    "%j is rejected",
    (text) => {
      expect(() => parseDuration(text)).toThrow(LajuError);
      expect(() => parseDuration(text)).toThrow("is not a duration");
    },
  );

  test("without a unit gets a hint with units to choose from", () => {
    expect(() => parseDuration("10")).toThrow(
      expect.objectContaining({ code: "E_DURATION", exitStatus: 2, hint: 'Add a unit: "10s" or "10m".' }),
    );
  });

  test.each([
    [0, "0s"],
    [0.2, "1ms"],
    [14, "14ms"],
    [99, "99ms"],
    [99.7, "0.1s"],
    [300, "0.3s"],
    [5000, "5s"],
    [12_400, "12.4s"],
    [59_960, "1m"],
    [242_000, "4m 02s"],
    [540_000, "9m"],
    [9_540_000, "2h 39m"],
    [7_200_000, "2h"],
    [273_600_000, "3d 4h"],
    [172_800_000, "2d"],
    [-5000, "-5s"],
  ])("of %i milliseconds is shown as %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
