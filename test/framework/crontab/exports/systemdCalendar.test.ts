import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { systemdCalendars } from "../../../../framework/crontab/exports/systemdCalendar";
import { parseSchedule } from "../../../../framework/schedule/expression/expression";
import { knownStretches } from "../../../../framework/schedule/times/clockDifferences";
import { nextFirings } from "../../../../framework/schedule/times/firings";
import { integer, pick, randomCronFields, randomFrom } from "../../../support/crontab/randomSchedules";
import { needs, programPath } from "../../../support/servers/requirement";

function calendars(text: string, timezone?: string, hostTimezone = "UTC") {
  return systemdCalendars(parseSchedule(text), { timezone, hostTimezone });
}

describe("the OnCalendar value", () => {
  test.each([
    ["0 8 * * *", ["*-*-* 08:00:00"]],
    ["* * * * *", ["*-*-* *:*:00"]],
    ["*/15 9-17 * 1-3 mon-fri", ["Mon..Fri *-01..03-* 09..17:00..45/15:00"]],
    ["0 0 * * fri-mon", ["Mon,Fri..Sun *-*-* 00:00:00"]],
    ["0 0 */2 * 1", ["Mon *-*-01..31/2 00:00:00"]],
    ["0 0 1,15 * 1", ["*-*-01,15 00:00:00", "Mon *-*-* 00:00:00"]],
    ["0 0 1-31 * 1", ["*-*-* 00:00:00"]],
    ["*/20 30 8 * * *", ["*-*-* 08:30:00..40/20"]],
    ["0 0 L * *", ["*-*~01 00:00:00"]],
    ["0 0 L 2 *", ["*-02~01 00:00:00"]],
    ["0 0 LW * *", ["Mon..Fri *-*~01 00:00:00", "Fri *-*~02,03 00:00:00"]],
    ["0 0 15W * *", ["Mon..Fri *-*-15 00:00:00", "Fri *-*-14 00:00:00", "Mon *-*-16 00:00:00"]],
    ["0 0 * * 5L", ["Fri *-*~01..07 00:00:00"]],
    ["0 0 * * 1#2", ["Mon *-*-08..14 00:00:00"]],
    ["0 0 L * 1", ["*-*~01 00:00:00", "Mon *-*-* 00:00:00"]],
    [
      "rate(45 minutes)",
      [
        "*-*-* 00..21/3:00:00 UTC",
        "*-*-* 02..23/3:15:00 UTC",
        "*-*-* 01..22/3:30:00 UTC",
        "*-*-* 00..21/3:45:00 UTC",
      ],
    ],
  ])("of %s: %j", (text, lines) => {
    expect(calendars(text)).toEqual({ value: lines });
  });

  test("has the command's zone, unless it is the host's", () => {
    expect(calendars("0 8 * * *", "Europe/Berlin")).toEqual({ value: ["*-*-* 08:00:00 Europe/Berlin"] });
    expect(calendars("0 8 * * *", undefined, "Europe/Berlin")).toEqual({ value: ["*-*-* 08:00:00"] });
  });

  test("is in UTC if systemd would omit a repeated hour", () => {
    expect(calendars("*/20 * * * *", undefined, "Asia/Kolkata")).toEqual({ value: ["*-*-* *:00..40/20:00"] });
    expect(calendars("*/20 * * * *", "America/St_Johns")).toEqual({ value: ["*-*-* *:10..50/20:00 UTC"] });
  });

  test.each([
    ["rate(3 days)", "counts days since the epoch, which systemd cannot do"],
    ["rate(7 minutes)", "does not divide a day evenly, as systemd requires"],
    ["0 0 28W * *", "has days that OnCalendar cannot express"],
    ["0 0 15,*/2 * 5L", undefined],
    ["0 0 */2,L * 5L", "has days that OnCalendar cannot express"],
    ["30 2 * * *", "makes up for 02:30, which the clocks skip, but systemd leaves it out (America/New_York)"],
    ["0 */1 * * 0", "runs twice for 01:00, which occurs twice, but systemd runs it once (America/New_York)"],
  ])("of %s is refused in New York because systemd differs: %s", (text, reason) => {
    expect(calendars(text, "America/New_York").problem?.reason).toBe(reason);
  });
});

const systemd = needs("systemd-analyze");

describe.skipIf(systemd.skip)(`as systemd interprets it${systemd.label}`, () => {
  test.each(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Beirut"])(
    "has the same times, for random schedules in %s",
    (timezone) => {
      const random = randomFrom(5);
      let taken = 0;
      for (let turn = 0; turn < 25; turn++) {
        const text = pick(random, [randomCronFields, withForms, aboutNight])(random);
        const schedule = parsed(text);
        const { value: lines } = schedule
          ? systemdCalendars(schedule, { timezone, hostTimezone: "UTC" })
          : {};
        if (!schedule || lines === undefined) continue;
        taken++;
        // systemd forks for each time in a foreign zone. A few times are enough to show that systemd knows the name.
        const host = turn % 8 === 0 ? "UTC" : timezone;
        for (const from of beginnings(timezone)) {
          const found = elapses(lines, { from, count: 12, host });
          for (const hostTimezone of ["UTC", timezone]) {
            const times = nextFirings(schedule, { from, count: 12, timezone, hostTimezone });
            expect([text, lines, found]).toEqual([text, lines, times.map((time) => time.toISOString())]);
          }
        }
      }
      expect(taken).toBeGreaterThan(5);
    },
  );

  /** Moments shortly before the end of February, and just before each of a year's clock changes. */
  function beginnings(timezone: string): Date[] {
    const [from, to] = [Date.UTC(2027, 1, 20), Date.UTC(2028, 0, 1)];
    const changes = knownStretches(timezone)
      .filter(({ offset, offsetBefore }) => offset !== offsetBefore)
      .map(({ start }) => (start - 400) * 60_000);
    return [from, ...changes.filter((time) => time > from && time < to)].map((time) => new Date(time));
  }

  /** A random expression with all kinds of calendar forms (L, W, #). */
  function withForms(random: () => number): string {
    const days = pick(random, ["L", "LW", "15W", "1W,10", "30W", "L,1", "*", "31W"]);
    const months = pick(random, ["*", "*", "2,6", "1,3-12", "4,5"]);
    const weekdays = pick(random, ["*", "*", "5L", "1#2", "3#5,0", "1-5"]);
    return `${integer(random, 0, 59)} ${pick(random, ["12", "8,20", "23"])} ${days} ${months} ${weekdays}`;
  }

  /** A random expression for the times at which clocks can change. */
  function aboutNight(random: () => number): string {
    const minute = pick(random, ["*/20", "0", "30", "10,40"]);
    return `${minute} ${pick(random, ["*", "0-4", "*/2", "3,4"])} * * ${pick(random, ["*", "0", "6,0"])}`;
  }

  /** Some random fields never fire. */
  function parsed(text: string) {
    try {
      return parseSchedule(text);
    } catch {
      return undefined;
    }
  }

  /** The next times at which any of the lines elapses, according to systemd on a host in a zone. */
  function elapses(lines: readonly string[], { from, count, host }: Asked): string[] {
    const base = from.toISOString().replace("T", " ").slice(0, 19);
    const own = lines.map((line) => (host === "UTC" ? line : line.replace(` ${host}`, "")));
    const args = ["calendar", `--iterations=${count}`, `--base-time=${base} UTC`, ...own];
    const output = execFileSync(programPath("systemd-analyze"), args, {
      encoding: "utf8",
      env: { TZ: host, LC_ALL: "C" },
    });
    const stamps = output.matchAll(/(?:Next elapse|Iter\. #\d+|\(in UTC\)): \w{3} (\S+) (\S+) UTC/g);
    const times = [...stamps].map(([, date, time]) => new Date(`${date}T${time}Z`).toISOString());
    return [...new Set(times)].sort().slice(0, count);
  }

  interface Asked {
    from: Date;
    count: number;
    /** The host's zone. Lines in this zone don't name it. */
    host: string;
  }
});
