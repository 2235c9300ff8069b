import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LajuError } from "../../../../framework/config/errors";
import { parseSchedule } from "../../../../framework/schedule/expression/expression";
import { ScheduleError } from "../../../../framework/schedule/expression/problems";
import { renderSchedule } from "../../../../framework/schedule/expression/render";
import { canonicalFields } from "../../../support/crontab/canonicalFields";
import { randomCronFields, randomFrom } from "../../../support/crontab/randomSchedules";

function errorOf(text: string): ScheduleError {
  try {
    parseSchedule(text);
  } catch (error) {
    if (error instanceof ScheduleError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe("valid schedules in normal form", () => {
  test.each([
    ["0 8 * * *", "0 8 * * *"],
    ["  0\t8  *   * * ", "0 8 * * *"],
    ["00 08 * * *", "0 8 * * *"],
    ["*/15 * * * *", "*/15 * * * *"],
    ["1,2,3,5 * * * *", "1-3,5 * * * *"],
    ["*,15 * * * *", "* * * * *"],
    ["15,* * * * *", "0-59 * * * *"],
    ["*/20,7 * * * *", "*/20,7 * * * *"],
    ["0 0 1-31/2 * 1", "0 0 1-31/2 * 1"],
    ["0 0 */2 * 1", "0 0 */2 * 1"],
    ["0 0 * JAN-mar,Dec MON", "0 0 * 1-3,12 1"],
    ["0 0 * january,december monday-friday", "0 0 * 1,12 1-5"],
    ["0 0 * * 7", "0 0 * * 0"],
    ["0 0 * * 5-7", "0 0 * * 0,5,6"],
    ["0 22-2 * * *", "0 0-2,22,23 * * *"],
    ["50-10/15 * * * *", "5,50 * * * *"],
    ["0 0 * * fri-mon", "0 0 * * 0,1,5,6"],
    ["0 0 * * sat-sun", "0 0 * * 0,6"],
    ["0 0 * * 7-1", "0 0 * * 0,1"],
    ["0 0 28-3 * *", "0 0 1-3,28-31 * *"],
    ["*/90 * * * *", "*/60 * * * *"],
    ["0 0 L * *", "0 0 L * *"],
    ["0 0 15w,LW,3 * *", "0 0 3,15W,LW * *"],
    ["0 0 * * 5L", "0 0 * * 5L"],
    ["0 0 * * friL,mon#2", "0 0 * * 1#2,5L"],
    ["0 0 * * 7#1", "0 0 * * 0#1"],
    ["0 30 2 * * *", "30 2 * * *"],
    ["*/10 * * * * *", "*/10 * * * * *"],
    ["@daily", "0 0 * * *"],
    ["@midnight", "0 0 * * *"],
    ["@hourly", "0 * * * *"],
    ["@weekly", "0 0 * * 0"],
    ["@monthly", "0 0 1 * *"],
    ["@yearly", "0 0 1 1 *"],
    ["@annually", "0 0 1 1 *"],
    ["@reboot", "@reboot"],
    ["rate(1 minute)", "* * * * *"],
    ["rate(15 minutes)", "*/15 * * * *"],
    ["rate(60 minutes)", "0 * * * *"],
    ["rate(6 hours)", "0 */6 * * *"],
    ["rate(24 hours)", "0 0 * * *"],
    ["rate(1 day)", "0 0 * * *"],
    ["rate(1 week)", "0 0 * * 1"],
    ["rate(45 minutes)", "rate(45 minutes)"],
    ["rate(5 hours)", "rate(300 minutes)"],
    ["rate(3 days)", "rate(3 days)"],
    ["rate(2 weeks)", "rate(2 weeks)"],
    ["@every 90m", "rate(90 minutes)"],
    ["@every 1h30m", "rate(90 minutes)"],
    ["@every 10m", "*/10 * * * *"],
    ["@every 2d", "rate(2 days)"],
  ])("%s is %s", (text, normal) => {
    expect(renderSchedule(parseSchedule(text))).toBe(normal);
  });
});

describe("schedules that crontab(1) silently accepts but runs at other times or never", () => {
  test.each([
    ["0~30 * * * *", "0-30 * * * *"],
    ["1.5 * * * *", "1,5 * * * *"],
    ["5/15 * * * *", "5-59/15 * * * *"],
    ["0 8 * * * /usr/bin/true", "0 8 * * *"],
    ["0 8 * * * /usr/bin/true now", "0 8 * * *"],
  ])("%s is rejected, suggesting %s", (text, suggestion) => {
    expect(errorOf(text).problem.suggestion).toBe(suggestion);
  });
});

describe("an error", () => {
  test("states the number of fields", () => {
    const error = errorOf("0 8 * *");
    expect(error).toBeInstanceOf(LajuError);
    expect(error.code).toBe("E_SCHEDULE");
    expect(error.exitStatus).toBe(2);
    expect(error.message).toBe('schedule "0 8 * *" has 4 fields, expected 5');
    expect(error.hint).toBe('minute hour day-of-month month day-of-week, such as "0 8 * * *".');
  });

  test("points at the value, says what is allowed there, and suggests the closest valid expression", () => {
    const error = errorOf("0 8 * 13 1");
    expect(error.message).toBe('schedule "0 8 * 13 1" has "13" as its month, expected 1-12 or jan-dec');
    expect(error.hint).toBe('The month must be 1-12 or jan-dec, such as "0 8 * 12 1".');
    expect(error.problem).toEqual({
      field: "month",
      offset: 6,
      length: 2,
      found: "13",
      allowed: "1-12 or jan-dec",
      suggestion: "0 8 * 12 1",
    });
  });

  test.each([
    ["60 * * * *", "0 * * * *"],
    ["0 24 * * *", "0 0 * * *"],
    ["0 0 32 * *", "0 0 31 * *"],
    ["0 0 0 * *", "0 0 1 * *"],
    ["0 0 * * mod", "0 0 * * mon"],
    ["0 0 * * tues", "0 0 * * tue"],
    ["0 0 * sept *", "0 0 * sep *"],
    ["0 0 * * mon-fr", "0 0 * * mon-fri"],
    ["0 0 ? * MON", "0 0 * * MON"],
    ["0 0 0 ? * MON 2026", "0 0 0 * * MON"],
    ["61 25 * * *", "59 23 * * *"],
    ["1,,2 * * * *", "1,2 * * * *"],
    ["1, * * * *", "1 * * * *"],
    [",1 * * * *", "1 * * * *"],
    ["*/0 * * * *", "* * * * *"],
    ["*5 * * * *", "*/5 * * * *"],
    ["/5 * * * *", "*/5 * * * *"],
    ["-5 * * * *", "5 * * * *"],
    ["0 0 * * 1#6", "0 0 * * 1#5"],
    ["0 0 * * mon#0", "0 0 * * mon#1"],
    ["0 0 * * 9#2", "0 0 * * 7#2"],
    ["0 0 L-3 * *", "0 0 L * *"],
    ["\uff10 8 * * *", "0 8 * * *"],
    ["0 0 32W * *", "0 0 31W * *"],
    ["@Daily", "@daily"],
    ["@dayly", "@daily"],
    ["@every 30s", "*/30 * * * * *"],
    ["CRON_TZ=Europe/Berlin 0 9 * * *", "0 9 * * *"],
    ["TZ=UTC @daily", "@daily"],
    ["CRON_TZ='Asia/Tokyo' cron(0 12 * * ? *)", "0 12 * * *"],
    ["cron(0 12 * * ? *)", "0 12 * * *"],
    ["cron(0/15 8-17 ? * MON-FRI *)", "*/15 8-17 * * MON-FRI"],
    ["cron(5/10 0 ? * 2,4-6 *)", "5-59/10 0 * * 1,3-5"],
    ["cron(0 10 ? * 6#3 *)", "0 10 * * 5#3"],
    ["cron(0 10 L * ? 2027)", "0 10 L * *"],
    ["rate(90 seconds)", "rate(120 seconds)"],
    ["rate(7 seconds)", "rate(6 seconds)"],
    ["@every 100s", "@every 2m"],
    ["@every", "@every 10m"],
    ["rate(5)", "rate(5 minutes)"],
    ["rate(0 minutes)", "rate(1 minute)"],
    ["rate(2 Days)", "rate(2 days)"],
    ["daily", "@daily"],
    ["Hourly ", "@hourly"],
    ["every 5 minutes", "rate(5 minutes)"],
    ["Every 1 day", "rate(1 day)"],
    ["every day", "rate(1 day)"],
    ["every morning", "0 8 * * *"],
    ["", "0 8 * * *"],
    ["0 0 31 2 *", "0 0 L 2 *"],
  ])("for %s suggests %s", (text, suggestion) => {
    expect(errorOf(text).problem.suggestion).toBe(suggestion);
  });

  test("points from a zone before the fields to the timezone field", () => {
    expect(errorOf("CRON_TZ=Europe/Berlin 0 9 * * *").hint).toBe(
      'Write timezone: "Europe/Berlin" (--timezone on the command line) and a schedule without it, such as "0 9 * * *".',
    );
  });

  test.each([
    ["0 0 31 2 *", "February has no day 31"],
    ["0 0 30,31 2 *", "February has no day 30 or 31"],
    ["0 0 31 4,6,9,11 *", "April, June, September and November have no day 31"],
    ["0 0 31W 2 *", "February has no day 31"],
    ["0 0 */30 2 1#2", "no day matches both the day of the month and the weekday"],
  ])("says why %s never fires: %s", (text, reason) => {
    expect(errorOf(text).message).toBe(`schedule "${text}" never fires: ${reason}`);
  });

  test("is not raised for a day that exists only in leap years or on some weekdays", () => {
    for (const text of ["0 0 29 2 *", "0 0 29 2 */3", "0 0 31 2 1", "0 0 * 2 1#5"]) parseSchedule(text);
  });

  test("shortens a long expression and escapes an unprintable one", () => {
    expect(errorOf("\u0000\n").message).toBe('schedule "\\u0000\\n" has 1 field, expected 5');
    expect(errorOf("x".repeat(500)).message.length).toBeLessThan(140);
  });
});

describe("H", () => {
  test("is stable for a name and spreads across names", () => {
    const fields = (name: string) => canonicalFields(parseSchedule("H H * * *", { name }));
    expect(fields("CleanupOldData")).toBe(fields("CleanupOldData"));
    const minutes = new Set(
      Array.from({ length: 200 }, (_, index) => fields(`Command${index}`)?.split(" ")[0]),
    );
    expect(minutes.size).toBeGreaterThan(50);
  });

  test("respects its range and step", () => {
    for (let index = 0; index < 100; index++) {
      const schedule = parseSchedule("H/15 H(1-4) H * H(1-5)", { name: `Command${index}` });
      if (schedule.kind !== "calendar") throw new Error("not a calendar schedule");
      expect(schedule.minute.values).toHaveLength(4);
      expect(schedule.hour.values.every((hour) => hour >= 1 && hour <= 4)).toBe(true);
      expect(schedule.dayOfMonth.values.every((day) => day >= 1 && day <= 28)).toBe(true);
      expect(schedule.dayOfWeek.values.every((day) => day >= 1 && day <= 5)).toBe(true);
    }
  });

  test.each(["H(5-70) * * * *", "H(9-5) * * * *", "H/0 * * * *", "H/90 * * * *", "HH * * * *"])(
    "%s is rejected",
    (text) => {
      expect(() => parseSchedule(text)).toThrow(ScheduleError);
    },
  );
});

describe("for any text", () => {
  const piece = fc.constantFrom(
    ..."0 1 5 7 9 59 * ? / - , # L W LW H ( ) mon FRI jan @daily @every rate minutes 10m \t ~ . é".split(" "),
    " ",
    " ",
  );
  const expressionLike = fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join(""));
  const anyText = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), expressionLike);

  test("the parser throws only its own error, and suggests a valid expression", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          parseSchedule(text);
        } catch (error) {
          if (!(error instanceof ScheduleError)) throw error;
          const { suggestion, offset, length } = error.problem;
          if (suggestion !== undefined) parseSchedule(suggestion);
          expect(offset + length).toBeLessThanOrEqual(text.length);
        }
      }),
      { seed: 20261123, numRuns: process.env.CI ? 20_000 : 5_000 },
    );
  });

  test("a rendered schedule parses to the same schedule", () => {
    const random = randomFrom(5);
    const forms = ["L", "LW", "15W,L", "1W,3-5", "5L", "1#2,fri", "mon#1,2L", "fri-mon", "28-3", "H", "*"];
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.boolean(), (dayForm, weekForm, isPlain) => {
        const fields = randomCronFields(random).split(" ");
        if (!isPlain) {
          fields[2] = forms[dayForm % 4];
          fields[4] = forms[4 + (weekForm % 4)];
        }
        roundTrip(fields.join(" "));
      }),
      { seed: 20261123, numRuns: 3_000 },
    );
  });

  function roundTrip(text: string): void {
    let schedule: ReturnType<typeof parseSchedule>;
    try {
      schedule = parseSchedule(text);
    } catch (error) {
      if (error instanceof ScheduleError && error.message.includes("never fires")) return;
      throw error;
    }
    const rendered = renderSchedule(schedule);
    expect(parseSchedule(rendered)).toEqual({ ...schedule, text: rendered });
  }
});
