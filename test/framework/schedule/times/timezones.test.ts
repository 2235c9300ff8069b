import { describe, expect, test } from "vitest";
import { LajuError } from "../../../../framework/config/errors";
import { checkTimezone, isSameTimezone } from "../../../../framework/schedule/times/timezoneNames";
import { offsetAt, stretchesOfYear } from "../../../../framework/schedule/times/timezones";

describe("a time zone", () => {
  test.each([
    ["Europe/Berlin", 2026, [60, 120, 60]],
    ["Australia/Lord_Howe", 2026, [660, 630, 660]],
    ["Asia/Kathmandu", 2026, [345]],
    ["Africa/Casablanca", 2026, [60, 0, 60]],
    ["Pacific/Apia", 2011, [-600, -660, -600, 840]],
    ["Europe/Berlin", 3000, [60, 120, 60]],
  ])("%s has these offsets in %i", (timezone, year, offsets) => {
    expect(stretchesOfYear(timezone, year).map((stretch) => stretch.offset)).toEqual(offsets);
  });

  test("agrees with Intl far in the future", () => {
    for (const year of [2129, 2200, 2400, 2999]) {
      for (let day = 0; day < 365; day += 5) {
        const minute = Date.UTC(year, 0, 1 + day) / 60_000;
        const parts = new Intl.DateTimeFormat("en", {
          timeZone: "America/New_York",
          timeZoneName: "longOffset",
        });
        const expected = parts.format(minute * 60_000).includes("-05:00") ? -300 : -240;
        expect(offsetAt("America/New_York", minute)).toBe(expected);
      }
    }
  });

  test.each([
    ["europe/berlin", "Europe/Berlin"],
    ["Europe/Berln", "Europe/Berlin"],
    ["+05:30", undefined],
    ["utc", "UTC"],
    ["", undefined],
    ["America/New York", "America/New_York"],
    ["UTC; rm -rf /", undefined],
  ])("%j is rejected", (timezone, nearest) => {
    expect(() => checkTimezone(timezone)).toThrow(LajuError);
    if (nearest === undefined) return;
    const hint = `Use a name from the time zone database, such as "${nearest}".`;
    expect(() => checkTimezone(timezone)).toThrow(expect.objectContaining({ code: "E_TIMEZONE", hint }));
  });

  test.each(["UTC", "GMT", "Asia/Kolkata", "Asia/Calcutta", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])(
    "%s is accepted",
    (timezone) => {
      expect(checkTimezone(timezone)).toBe(timezone);
    },
  );

  test("is the same clock under another name", () => {
    expect(isSameTimezone("Asia/Kolkata", "Asia/Calcutta")).toBe(true);
    expect(isSameTimezone("UTC", "Etc/UTC")).toBe(true);
    expect(isSameTimezone("Europe/Berlin", "Europe/Paris")).toBe(false);
  });
});
