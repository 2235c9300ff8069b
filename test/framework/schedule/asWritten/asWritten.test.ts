import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type RawReader, readAsWritten } from "../../../../framework/schedule/asWritten/asWritten";
import { firingsAfter } from "../../../../framework/schedule/times/firings";

interface Row {
  expression: string;
  deltas: number[];
}

function rowsOf(file: string): Row[] {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/${file}`, import.meta.url), "utf8")).rows;
}

function minutesOf(deltas: readonly number[]): number[] {
  let minute = 0;
  return deltas.map((delta) => {
    minute += delta;
    return minute;
  });
}

/** The minutes of half a year in which the daemon starts the command; none if it never does, or "refused". */
function minutesAsWritten(expression: string, reader: RawReader): number[] | string {
  const read = readAsWritten(expression, reader);
  if (read.kind === "never") return [];
  if (read.kind !== "calendar") return read.kind;
  const minutes: number[] = [];
  for (const time of firingsAfter(read.schedule, Date.parse("2028-01-01T00:00Z") - 1, { timezone: "UTC" })) {
    if (time >= Date.parse("2028-07-01T00:00Z")) break;
    minutes.push(time / 60_000);
  }
  return minutes;
}

describe("--as-written gives the minutes in which the daemon actually started these fields", () => {
  test.each([
    ["debian", "firings-utc.json"],
    ["cronie", "firings-utc.json"],
    ["busybox", "firings-busybox-utc.json"],
  ] as const)("%s, in every row of %s", (reader, file) => {
    const rows = rowsOf(file);
    expect(rows.length).toBeGreaterThanOrEqual(250);
    for (const { expression, deltas } of rows) {
      expect([expression, minutesAsWritten(expression, reader)]).toEqual([expression, minutesOf(deltas)]);
    }
  });
});

describe("cronie reads five fields as Debian's cron does, and is stricter about what ends a number", () => {
  const half = "0 9 1,15 * 1";
  test.each([half, "*/7 8-18/2 * jan-jun MON-fri", "0 0 */2 * 0,7", "5 4 1-31/3 2,4 *", "@weekly"])(
    "%s means the same",
    (expression) => {
      expect(minutesAsWritten(expression, "cronie")).toEqual(minutesAsWritten(expression, "debian"));
      expect(minutesAsWritten(expression, "cronie")).not.toEqual([]);
    },
  );

  test.each([
    ["0 9 1#1 * *", "refused", "calendar"],
    ["0 9 1.5 * *", "refused", "calendar"],
    ["0~30 9 * * *", "refused", "calendar"],
    ["0 22-2 * * *", "refused", "never"],
    ["0 9 * * fri-mon", "refused", "never"],
    ["5/15 * * * *", "refused", "refused"],
    ["60 * * * *", "refused", "refused"],
    ["0 9 * * 8", "refused", "refused"],
    ["0 9 * * */0", "refused", "refused"],
  ])("%s: %s, where Debian's says %s", (expression, cronie, debian) => {
    expect(readAsWritten(expression, "cronie").kind).toBe(cronie);
    expect(readAsWritten(expression, "debian").kind).toBe(debian);
  });
});
