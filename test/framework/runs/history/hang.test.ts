import { describe, expect, test } from "vitest";
import { hangText } from "../../../../framework/runs/history/hang";

const startedAt = Date.parse("2026-11-23T09:00:05Z");
const minute = 60_000;
const run = { id: 3, name: "Sync", pid: 4182, startedAt };

function said(schedules: string[], minutes: number, skipped: number, overlap = "skip"): string | undefined {
  const clock = { now: new Date(startedAt + minutes * minute), hostTimezone: "UTC" };
  return hangText({ name: "Sync", schedules, timezone: null, overlap }, { run, skipped }, clock, 3);
}

describe("a run", () => {
  test("hangs once it exceeds its interval and enough starts were skipped", () => {
    expect(said(["*/2 * * * *"], 14, 7)).toBe(
      "has been running for 14m (run 3, pid 4182), and 7 starts were skipped",
    );
  });

  test.each([
    ["few starts were skipped", ["* * * * *"], 10, 2],
    ["its interval is longer: somebody started it by hand", ["0 9 * * *"], 10, 5],
    ["it has no schedule", [], 10, 5],
    ["it is started at boot alone", ["@reboot"], 10, 5],
  ])("does not hang if %s", (_, schedules, minutes, skipped) => {
    expect(said(schedules, minutes, skipped)).toBe(undefined);
  });

  test("is measured by the shortest interval of its schedules", () => {
    expect(said(["0 9 * * *", "0,30 * * * *"], 31, 3)).toContain("for 31m");
    expect(said(["0 9 * * *", "0,30 * * * *"], 29, 3)).toBe(undefined);
  });

  test("with waiting starts is detected by its schedule, because they leave no trace", () => {
    expect(said(["* * * * *"], 4, 0, "wait")).toBe(
      "has been running for 4m (run 3, pid 4182), and 4 starts are waiting",
    );
    expect(said(["* * * * *"], 2, 0, "wait")).toBe(undefined);
  });
});
