import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseSchedule } from "../../../../framework/schedule/expression/expression";
import { firingsAfter } from "../../../../framework/schedule/times/firings";

interface Row {
  expression: string;
  month?: number;
  deltas: number[];
}

function rowsOf(file: string): Row[] {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/${file}`, import.meta.url), "utf8")).rows;
}

function minutesOf(deltas: readonly number[]): number[] {
  let minute = 0;
  const minutes = deltas.map((delta) => {
    minute += delta;
    return minute;
  });
  return [...new Set(minutes)];
}

function predicted(expression: string, timezone: string, range: { from: string; to: string }): number[] {
  const from = Date.parse(range.from);
  const to = Date.parse(range.to);
  const minutes: number[] = [];
  for (const time of firingsAfter(parseSchedule(expression), from - 1, { timezone })) {
    if (time >= to) break;
    minutes.push(time / 60_000);
  }
  return minutes;
}

describe("the minutes in which Debian's cron actually started an entry", () => {
  const halfAYear = { from: "2028-01-01T00:00Z", to: "2028-07-01T00:00Z" };
  test.each(rowsOf("firings-utc.json"))("$expression in UTC, half a year", ({ expression, deltas }) => {
    expect(predicted(expression, "UTC", halfAYear)).toEqual(minutesOf(deltas));
  });

  const clockChanges: Record<number, { from: string; to: string }> = {
    3: { from: "2026-03-28T22:41Z", to: "2026-03-29T03:10Z" },
    10: { from: "2026-10-24T21:41Z", to: "2026-10-25T04:10Z" },
  };
  test.each(rowsOf("firings-berlin-dst.json"))(
    "$expression in Berlin, clock change of month $month",
    ({ expression, month = 0, deltas }) => {
      expect(predicted(expression, "Europe/Berlin", clockChanges[month])).toEqual(minutesOf(deltas));
    },
  );
});
