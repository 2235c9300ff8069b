import { describe, expect, test } from "vitest";
import { type CronEntry, cronEntries } from "../../../../framework/crontab/entries/cronEntries";
import { entryId } from "../../../../framework/schedule/expression/entryId";
import { parseSchedule } from "../../../../framework/schedule/expression/expression";
import { integer, pick, randomFrom } from "../../../support/crontab/randomSchedules";

function entries(text: string, hostTimezone: string, timezone?: string): CronEntry[] {
  return cronEntries(parseSchedule(text, { name: "SendDailyDigest" }), { timezone, hostTimezone });
}

function shown({ fields, guard }: CronEntry): string {
  return guard ? `${fields} ${guard}` : fields;
}

describe("the crontab entry", () => {
  test.each([
    ["0 8 * * *", "0 8 * * *"],
    ["*/15 9-17 * jan-mar mon-fri", "*/15 9-17 * 1-3 1-5"],
    ["0 22-2 * * fri-mon", "0 0-2,22,23 * * 0,1,5,6"],
    ["0 30 2 * * *", "30 2 * * *"],
    ["@daily", "0 0 * * *"],
    ["@reboot", "@reboot"],
    ["rate(20 minutes)", "*/20 * * * *"],
    ["@every 4h", "0 */4 * * *"],
  ])("of %s is cron's own, exactly: %s", (text, fields) => {
    const [entry, ...more] = entries(text, "Europe/Berlin");
    expect(more).toEqual([]);
    expect(entry).toEqual({ fields, second: 0, id: entry.id, isCoarse: false });
    expect(entries(text, "Europe/Berlin", "Europe/Berlin")[0].fields).toBe(fields);
  });

  test.each([
    ["0 0 L * *", `0 0 28-31 * * case "$(TZ=:/etc/localtime /bin/date -d '12:00 7 days' +%d)" in 07)`],
    [
      "0 0 * * 5L",
      `0 0 22-31 * * case "$(TZ=:/etc/localtime /bin/date +"$(TZ=:/etc/localtime /bin/date -d '12:00 7 days' +%d)-%u")" in 0[1-7]-5)`,
    ],
    ["*/5 2 * * 1#2", '*/5 2 8-14 * * case "$(TZ=:/etc/localtime /bin/date +%u)" in 1)'],
    [
      "0 0 15W * *",
      '0 0 14-16 * * case "$(TZ=:/etc/localtime /bin/date +%d-%u)" in 1[56]-1|15-[1-5]|1[45]-5)',
    ],
    ["rate(45 minutes)", "*/15 * * * * case $(( $(/bin/date +%s) / 900 % 3 )) in 0)"],
    ["rate(7 minutes)", "* * * * * case $(( $(/bin/date +%s) / 60 % 7 )) in 0)"],
    [
      "rate(3 days)",
      '0 0 * * * case $(( $(/bin/date -d "$(TZ=:/etc/localtime /bin/date +%F) UTC" +%s) / 86400 % 3 )) in 0)',
    ],
  ])("of %s has a guard for what cron cannot express: %s", (text, line) => {
    const [entry] = entries(text, "Europe/Berlin");
    expect(shown(entry)).toBe(line);
    expect(entry.isCoarse).toBe(true);
  });

  test.each([
    [
      "30 9 * * 1-5",
      "Europe/Berlin",
      '30 * * * * case "$(TZ=America/New_York /bin/date +%H-%u)" in 09-[1-5])',
    ],
    ["30 9 * * 1-5", "Asia/Kolkata", '0 * * * * case "$(TZ=America/New_York /bin/date +%H-%u)" in 09-[1-5])'],
    [
      "30 9 * * 1-5",
      "Australia/Lord_Howe",
      '*/30 * * * * case "$(TZ=America/New_York /bin/date +%H%M-%u)" in 093[0-4]-[1-5])',
    ],
    ["30 2 * * *", "UTC", '*/30 * * * * case "$(TZ=America/New_York /bin/date +%H%M)" in 023[0-4]|030[0-4])'],
    ["*/15 * * * *", "Asia/Kathmandu", "*/15 * * * *"],
    ["0 * * * *", "Asia/Kathmandu", "45 * * * *"],
  ])("of %s in New York on a host in %s: %s", (text, host, line) => {
    const [entry] = entries(text, host, "America/New_York");
    expect(shown(entry)).toBe(line);
    expect(entry.isCoarse).toBe(entry.guard !== undefined);
  });

  test("of a time that clocks may repeat is checked by the command even if cron needs no guard", () => {
    const [entry] = entries("0 0-23 * * *", "UTC", "America/New_York");
    expect(entry).toMatchObject({ fields: "0 * * * *", isCoarse: true });
    expect(entry.guard).toBeUndefined();
  });

  test.each([
    ["0 0 15W * *", '0 0 14-16 * * case "$(TZ=Asia/Tokyo /bin/date +%d-%u)" in 1[56]-1|15-[1-5]|1[45]-5)'],
    [
      "rate(3 days)",
      '0 0 * * * case $(( $(/bin/date -d "$(TZ=Asia/Tokyo /bin/date +%F) UTC" +%s) / 86400 % 3 )) in 0)',
    ],
  ])("of %s uses the daemon's own TZ, if it has one: %s", (text, line) => {
    const options = { hostTimezone: "Asia/Tokyo", isDaemonsOwn: true };
    expect(cronEntries(parseSchedule(text), options).map(shown)).toEqual([line]);
  });

  test("starts nothing at other times if the command doesn't check", () => {
    const schedule = parseSchedule("30 2 * * *");
    const options = { timezone: "America/New_York", hostTimezone: "UTC", portable: true };
    expect(cronEntries(schedule, options).map(shown)).toEqual([
      '30 * * * * case "$(TZ=America/New_York /bin/date +%H)" in 02)',
    ]);
  });

  test("is one line per second, and each waits for its second except :00", () => {
    const lines = entries("0,20 30 8 * * *", "UTC");
    expect(lines.map(({ fields, second, delay }) => [fields, second, delay])).toEqual([
      ["30 8 * * *", 0, undefined],
      ["30 8 * * *", 20, '/bin/sleep "$(( 120 - 1$(/bin/date +%S) ))" 2>/dev/null'],
    ]);
  });

  test("has the same name for every spelling of a schedule and zone", () => {
    const id = (text: string, timezone?: string) => entryId(parseSchedule(text), timezone);
    expect(id("0 8 * * *")).toMatch(/^[0-9a-f]{8}$/);
    expect(id("0 8 * * *")).toBe(id(" 00  08 * * *"));
    expect(id("0 8 * * *")).not.toBe(id("0 8 * * *", "UTC"));
    expect(id("0 8 * * *")).not.toBe(id("0 9 * * *"));
  });

  test("has only characters that cron allows in its fields, and a guard that always fits on the line", () => {
    const random = randomFrom(3);
    const list = (count: number, low: number, high: number) =>
      Array.from({ length: count }, () => integer(random, low, high)).join(",");
    for (let turn = 0; turn < 150; turn++) {
      const days = pick(random, ["*", list(4, 1, 31), "1W,15W,L", `LW,3W,${list(3, 1, 31)}`]);
      const weekdays = pick(random, ["*", "1#2,fri", "5L,2#3", "1#1,2#2,3#3,4L"]);
      const text = `${list(8, 0, 59)} ${list(9, 0, 23)} ${days} ${pick(random, ["*", list(4, 1, 12)])} ${weekdays}`;
      for (const entry of entries(text, "Australia/Lord_Howe", "America/New_York")) {
        expect(entry.fields).toMatch(/^[\d*][\d*,/-]*( [\d*][\d*,/-]*){4}$/);
        expect((entry.guard ?? "").length).toBeLessThan(560);
      }
    }
  });
});
