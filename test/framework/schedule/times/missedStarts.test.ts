import { describe, expect, test } from "vitest";
import { missedStarts } from "../../../../framework/schedule/times/missedStarts";

const at = (text: string) => Date.parse(text);
const minute = 60_000;
const utc = { timezone: "UTC", hostTimezone: "UTC" };

function missed(schedule: string, starts: string[], { from, until, clock = utc }: Period): string[] {
  return missedStarts({
    name: "X",
    schedules: [schedule],
    clock,
    after: at(from),
    until: at(until),
    starts: starts.map(at),
  }).map((time) => new Date(time).toISOString().slice(0, 16));
}

interface Period {
  from: string;
  until: string;
  clock?: { timezone: string; hostTimezone: string };
}

describe("missed starts", () => {
  const day = { from: "2026-03-02T00:30:00Z", until: "2026-03-02T04:30:00Z" };

  test("are the times without a run", () => {
    const starts = ["2026-03-02T01:00:01Z", "2026-03-02T03:00:01Z"];
    expect(missed("0 * * * *", starts, day)).toEqual(["2026-03-02T02:00", "2026-03-02T04:00"]);
    expect(missed("0 * * * *", [...starts, "2026-03-02T02:00:01Z", "2026-03-02T04:00:59Z"], day)).toEqual([]);
  });

  test("don't include one whose start was late, even later than the next time", () => {
    const period = { from: "2026-03-02T00:00:30Z", until: "2026-03-02T00:04:30Z" };
    const starts = [
      "2026-03-02T00:01:01Z",
      "2026-03-02T00:03:01Z",
      "2026-03-02T00:03:02Z",
      "2026-03-02T00:04:01Z",
    ];
    expect(missed("* * * * *", starts, period)).toEqual([]);
    expect(missed("* * * * *", starts.slice(0, 2), period)).toEqual(["2026-03-02T00:02", "2026-03-02T00:04"]);
  });

  test("combine several schedules", () => {
    const times = missedStarts({
      name: "X",
      schedules: ["0 1 * * *", "30 1 * * *"],
      clock: utc,
      after: at(day.from),
      until: at(day.until),
      starts: [at("2026-03-02T01:00:01Z")],
    });
    expect(times).toEqual([at("2026-03-02T01:30:00Z")]);
  });

  test("follow the daemon's rules for clock changes", () => {
    const berlin = { timezone: "Europe/Berlin", hostTimezone: "Europe/Berlin" };
    // 02:30 doesn't exist that night: cron starts it right afterwards, at 03:00 (01:00 UTC).
    const spring = { from: "2026-03-28T23:00:00Z", until: "2026-03-29T06:00:00Z", clock: berlin };
    expect(missed("30 2 * * *", ["2026-03-29T01:00:11Z"], spring)).toEqual([]);
    expect(missed("30 2 * * *", [], spring)).toEqual(["2026-03-29T01:00"]);
    // In fall 02:30 occurs twice, and a fixed entry starts only the first time.
    const autumn = { from: "2026-10-24T22:00:00Z", until: "2026-10-25T06:00:00Z", clock: berlin };
    expect(missed("30 2 * * *", ["2026-10-25T00:30:01Z"], autumn)).toEqual([]);
  });

  test("are found quickly after a long outage", () => {
    const began = performance.now();
    const period = { from: "2026-01-01T00:00:00Z", until: "2026-12-31T00:00:00Z" };
    expect(missed("* * * * *", [], period).length).toBeGreaterThan(1000);
    expect(performance.now() - began).toBeLessThan(20 * 1000);
  });

  test("never precede the requested period", () => {
    expect(missed("0 * * * *", [], { from: day.until, until: day.from })).toEqual([]);
    expect(at(day.until) - at(day.from)).toBe(240 * minute);
  });
});
