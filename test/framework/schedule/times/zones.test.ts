import { describe, expect, test } from "vitest";
import { parseSchedule } from "../../../../framework/schedule/expression/expression";
import {
  fires,
  firingsAfter,
  lateStart,
  latestFiring,
  nextFirings,
} from "../../../../framework/schedule/times/firings";
import { integer, pick, randomFrom } from "../../../support/crontab/randomSchedules";
import { referenceFirings } from "../../../support/crontab/referenceFirings";

const newYork = { timezone: "America/New_York", hostTimezone: "UTC" };

function next(expression: string, from: string, count: number, clock = newYork): string[] {
  const firings = nextFirings(parseSchedule(expression), { from: new Date(from), count, ...clock });
  return firings.map((date) => date.toISOString().replace(":00.000Z", "Z"));
}

describe("in a command's time zone on a host in another zone", () => {
  test("a skipped time runs once, right afterwards", () => {
    expect(next("30 2 * * *", "2028-03-11T12:00Z", 2)).toEqual(["2028-03-12T07:00Z", "2028-03-13T06:30Z"]);
    expect(next("0-59 2 * * *", "2028-03-11T12:00Z", 2)).toEqual(["2028-03-12T07:00Z", "2028-03-13T06:00Z"]);
  });

  test("a repeated time runs only the first time", () => {
    expect(next("30 1 * * *", "2028-11-04T12:00Z", 2)).toEqual(["2028-11-05T05:30Z", "2028-11-06T06:30Z"]);
  });

  test("a schedule that begins with * follows the wall clock through both", () => {
    expect(next("30 * * * *", "2028-11-05T05:00Z", 3)).toEqual([
      "2028-11-05T05:30Z",
      "2028-11-05T06:30Z",
      "2028-11-05T07:30Z",
    ]);
    expect(next("*/30 2 * * *", "2028-03-11T12:00Z", 1)).toEqual(["2028-03-13T06:00Z"]);
  });

  test("agrees with the wall clock in every minute around a clock change", () => {
    const random = randomFrom(9);
    const changes: [string, string][] = [
      ["America/New_York", "2028-03-12T07:00Z"],
      ["America/New_York", "2028-11-05T06:00Z"],
      ["Australia/Lord_Howe", "2028-04-01T15:00Z"],
      ["Australia/Lord_Howe", "2028-09-30T15:30Z"],
      ["Africa/Casablanca", "2026-02-15T02:00Z"],
      ["America/Havana", "2028-03-12T05:00Z"],
      ["Pacific/Apia", "2011-12-30T10:00Z"],
    ];
    for (const [timezone, change] of changes) {
      const range: [Date, Date] = [
        new Date(Date.parse(change) - 30 * 3_600_000),
        new Date(Date.parse(change) + 30 * 3_600_000),
      ];
      for (let turn = 0; turn < 25; turn++) {
        const expression = expressionOf(random);
        const schedule = parseSchedule(expression);
        if (schedule.kind !== "calendar") throw new Error("not a calendar schedule");
        const expected = referenceFirings(schedule, timezone, range);
        const found: number[] = [];
        for (const time of firingsAfter(schedule, range[0].getTime() - 1, {
          timezone,
          hostTimezone: "UTC",
        })) {
          if (time >= range[1].getTime()) break;
          found.push(time / 60_000);
        }
        expect([timezone, expression, found]).toEqual([timezone, expression, expected]);
      }
    }
  });

  function expressionOf(random: () => number): string {
    const minutes = pick(random, ["0", "30", "*/20", "0-59/25", String(integer(random, 0, 59)), "15,45"]);
    const hours = pick(random, ["*", "*/2", "0-23/2", "0", "1", "2", "3", "1,2", "0-3", "23"]);
    const days = pick(random, ["* * *", "* * 0", "L * *", "12,15,30 * *", "* * 1#2", "LW * *", "1,15 * 6"]);
    return `${minutes} ${hours} ${days}`;
  }
});

describe("the calendar forms", () => {
  test("agree with a day-by-day search for three years", () => {
    const range: [Date, Date] = [new Date("2027-01-01T00:00Z"), new Date("2030-01-01T00:00Z")];
    const days = [
      "L * *",
      "LW * *",
      "15W * *",
      "1W,31W * *",
      "* * 5L",
      "* * 1#2,3#5",
      "L * 1",
      "*/2 * 6L",
      "30W 2,4,5 *",
    ];
    for (const each of days) {
      const schedule = parseSchedule(`0 12 ${each}`);
      if (schedule.kind !== "calendar") throw new Error("not a calendar schedule");
      const found: string[] = [];
      for (const time of firingsAfter(schedule, range[0].getTime(), { timezone: "UTC" })) {
        if (time >= range[1].getTime()) break;
        found.push(new Date(time).toISOString().slice(0, 10));
      }
      expect([each, found]).toEqual([each, daysOf(schedule, range)]);
    }
  });

  /** The reference implementation, checked only at noon of each day. */
  function daysOf(schedule: Parameters<typeof referenceFirings>[0], [from, to]: [Date, Date]): string[] {
    const found: string[] = [];
    const wild = { ...schedule, minute: { values: [0], star: true } };
    for (let noon = from.getTime() + 43_200_000; noon < to.getTime(); noon += 86_400_000) {
      const range: [Date, Date] = [new Date(noon), new Date(noon + 60_000)];
      if (referenceFirings(wild, "UTC", range, 0).length > 0)
        found.push(new Date(noon).toISOString().slice(0, 10));
    }
    return found;
  }
});

describe("next times", () => {
  test("are strictly after the given time, to the second", () => {
    expect(next("0 8 * * *", "2026-11-23T08:00:00Z", 1)).toEqual(["2026-11-23T13:00Z"]);
    const utc = { timezone: "UTC", hostTimezone: "UTC" };
    expect(next("0 8 * * *", "2026-11-23T08:00:00Z", 1, utc)).toEqual(["2026-11-24T08:00Z"]);
    expect(next("0 8 * * *", "2026-11-23T07:59:59.999Z", 1, utc)).toEqual(["2026-11-23T08:00Z"]);
    const schedule = parseSchedule("10,40 0 8 * * *");
    const firings = nextFirings(schedule, {
      from: new Date("2026-11-23T08:00:10Z"),
      timezone: "UTC",
      count: 2,
    });
    expect(firings.map((date) => date.toISOString().slice(8, 19))).toEqual(["23T08:00:40", "24T08:00:10"]);
  });

  test("of rates are multiples of the interval since the epoch, or civil days", () => {
    const berlin = { timezone: "Europe/Berlin", hostTimezone: "Europe/Berlin" };
    expect(next("rate(45 minutes)", "2026-11-23T05:00Z", 2, berlin)).toEqual([
      "2026-11-23T05:15Z",
      "2026-11-23T06:00Z",
    ]);
    expect(next("rate(2 weeks)", "2026-11-23T05:00Z", 2, berlin)).toEqual([
      "2026-11-29T23:00Z",
      "2026-12-13T23:00Z",
    ]);
    const days = next("rate(3 days)", "2027-03-25T00:00Z", 3, berlin);
    expect(days).toEqual(["2027-03-26T23:00Z", "2027-03-29T22:00Z", "2027-04-01T22:00Z"]);
  });

  test("of @reboot don't exist", () => {
    expect(next("@reboot", "2026-11-23T05:00Z", 5)).toEqual([]);
  });

  test("end with the last valid date, and an invalid date is rejected", () => {
    const from = new Date(8.64e15 - 86_400_000);
    const firings = nextFirings(parseSchedule("0 12 * * *"), { from, timezone: "Europe/Berlin", count: 9 });
    expect(firings.length).toBe(1);
    expect(() => next("0 12 * * *", "never", 1)).toThrow(RangeError);
  });

  test("work before 1970, too", () => {
    const utc = { timezone: "UTC", hostTimezone: "UTC" };
    expect(next("0 12 29 2 *", "1897-01-01T00:00Z", 1, utc)).toEqual(["1904-02-29T12:00Z"]);
  });
});

describe("whether a schedule fires at an instant", () => {
  const clock = { timezone: "Europe/Berlin" };
  test.each([
    ["0 8 * * *", "2026-11-23T07:00:00Z", true],
    ["0 8 * * *", "2026-11-23T07:00:42Z", true],
    ["0 8 * * *", "2026-11-23T07:01:00Z", false],
    ["30 2 * * *", "2026-03-29T01:00:00Z", true],
    ["30 2 * * *", "2026-10-25T00:30:00Z", true],
    ["30 2 * * *", "2026-10-25T01:30:00Z", false],
    ["*/30 2 * * *", "2026-10-25T01:30:00Z", true],
    ["20 0 8 * * *", "2026-11-23T07:00:20.300Z", true],
    ["20 0 8 * * *", "2026-11-23T07:00:21Z", false],
    ["rate(45 minutes)", "2026-11-23T05:15:01Z", true],
    ["rate(45 minutes)", "2026-11-23T05:30:01Z", false],
  ])("%s at %s: %s", (text, at, expected) => {
    expect(fires(parseSchedule(text), new Date(at), clock)).toBe(expected);
  });

  test("a command that starts a little late finds its slot", () => {
    const slot = (at: string) =>
      latestFiring(parseSchedule("0 8 * * *"), {
        at: new Date(at),
        within: lateStart,
        ...clock,
      })?.toISOString();
    expect(slot("2026-11-23T07:00:01Z")).toBe("2026-11-23T07:00:00.000Z");
    expect(slot("2026-11-23T07:04:59Z")).toBe("2026-11-23T07:00:00.000Z");
    expect(slot("2026-11-23T07:06:00Z")).toBeUndefined();
    expect(slot("2026-11-23T06:59:59Z")).toBeUndefined();
  });
});
