import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkZonesOnThisSystem, hasZoneFiles, zoneFolder } from "../../../../framework/host/systemZoneFiles";
import { fieldProblem } from "../../../../framework/metadata/metaFields";
import { intlOffset } from "../../../../framework/schedule/times/intlOffset";
import { parsePosixRule, posixOffset } from "../../../../framework/schedule/times/posixRule";
import { timezoneOfTz } from "../../../../framework/schedule/times/posixTimezone";
import { checkTimezone, useZoneFiles } from "../../../../framework/schedule/times/timezoneNames";
import { readZoneFile } from "../../../../framework/schedule/times/zoneFile";

beforeAll(() => checkZonesOnThisSystem());
afterAll(() => useZoneFiles(undefined));

describe.skipIf(!hasZoneFiles())("with this system's zone files (needs tzdata)", () => {
  test.each([
    ["PST", "America/Los_Angeles"],
    ["IST", "Asia/Kolkata"],
    ["BST", "Europe/London"],
    ["CEST", "Europe/Berlin"],
    ["pdt", "America/Los_Angeles"],
    ["europe/berlin", "Europe/Berlin"],
    ["EUROPE/BERLIN", "Europe/Berlin"],
    ["US/pacific", "US/Pacific"],
    ["us/pacific", "US/Pacific"],
    ["est5edt", "EST5EDT"],
    ["utc", "UTC"],
    ["Berlin", "Europe/Berlin"],
    ["New York", "America/New_York"],
    ["America/NewYork", "America/New_York"],
    ["posix/Europe/Berlin", "Europe/Berlin"],
    ["right/Europe/Berlin", "Europe/Berlin"],
    [":Europe/Berlin", "Europe/Berlin"],
    ["/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"],
    ["GMT+2", "Etc/GMT-2"],
    ["UTC-05:00", "Etc/GMT+5"],
    ["+02:00", "Etc/GMT-2"],
    ["GMT+00", "UTC"],
    ["SystemV/PST8PDT", "PST8PDT"],
  ])("%j is rejected, suggesting %s", (timezone, meant) => {
    expect(() => checkTimezone(timezone)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(`, such as "${meant}".`) }),
    );
  });

  test.each(["localtime", "posixrules", "Factory", "zone.tab", "Etc", "leapseconds", "", "/", "..", "Nope"])(
    "%j is not a time zone",
    (timezone) => expect(() => checkTimezone(timezone)).toThrow(/is not a time zone|has no time zone/),
  );

  test.each([
    "EST5EDT",
    "EST",
    "Etc/GMT+2",
    "US/Pacific",
    "Asia/Calcutta",
    "Europe/Kyiv",
    "GMT+0",
    "MET",
    "UTC",
  ])("%s means the same to Node and to the system", (timezone) =>
    expect(checkTimezone(timezone)).toBe(timezone),
  );

  test("for an offset with half an hour, a zone is suggested that has it all year", () => {
    expect(() => checkTimezone("+05:30")).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/"Asia\/(Kolkata|Calcutta|Colombo)"/) }),
    );
  });

  test("every zone that Intl lists is accepted, regardless of the database's edition", () => {
    const refused = Intl.supportedValuesOf("timeZone").filter((name) => {
      try {
        return checkTimezone(name) !== name;
      } catch {
        return true;
      }
    });
    expect(refused).toEqual([]);
  });

  test.each([
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Santiago",
    "America/Nuuk",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Asia/Jerusalem",
    "Asia/Kolkata",
    "Etc/GMT+2",
  ])("the zone file of %s and its final rule have the same offsets as Intl", (name) => {
    const bytes = readFileSync(join(zoneFolder, name));
    const rules = readZoneFile(bytes);
    const rule = parsePosixRule(bytes.toString("latin1").trimEnd().split("\n").at(-1) as string);
    for (let day = 0; day < 730; day += 3) {
      const minute = (Date.UTC(2035, 0, 1) + day * 86_400_000) / 60_000;
      const expected = [name, day, intlOffset(name, minute), intlOffset(name, minute)];
      expect([name, day, rules?.offsetAt(minute), rule && posixOffset(rule, minute)]).toEqual(expected);
    }
  });
});

test("a name that this system doesn't have, or has for another zone, is rejected, suggesting Intl's canonical name", () => {
  const offsets: Record<string, number> = { "Asia/Kolkata": 0, "Asia/Calcutta": 330, UTC: 0 };
  const rulesOf = (name: string) => (name in offsets ? { offsetAt: () => offsets[name] } : undefined);
  useZoneFiles({ rulesOf, names: () => [] });
  expect(fieldProblem("timezone", "US/Pacific", "X")).toMatchObject({
    message: 'timezone: this system has no time zone "US/Pacific"',
  });
  expect(fieldProblem("timezone", "Asia/Kolkata", "X")).toMatchObject({
    message: 'timezone: "Asia/Kolkata" is a different time zone for this system than for Node',
    hint: 'Use a name from the time zone database, such as "Asia/Calcutta".',
  });
  expect(fieldProblem("timezone", "UTC", "X")).toBeUndefined();
  checkZonesOnThisSystem();
});

describe("of a daemon with", () => {
  test.each([
    [undefined, "Asia/Tokyo"],
    ["", "UTC"],
    ["Europe/Berlin", "Europe/Berlin"],
    [":Europe/Berlin", "Europe/Berlin"],
    ["/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"],
    [":/etc/localtime", "Asia/Tokyo"],
    ["UTC", "UTC"],
    ["UTC0", "UTC"],
    ["UTC-2", "Etc/GMT-2"],
    ["<-03>3", "Etc/GMT+3"],
    ["Nope", "UTC"],
    ["Europe/Nowhere", "UTC"],
    ["EST5EDT", "EST5EDT"],
    ["CET-1CEST,M3.5.0,M10.5.0/3", undefined],
  ])("TZ=%s the zone is %s", (tz, timezone) => {
    expect(timezoneOfTz(tz, "Asia/Tokyo")).toBe(timezone);
  });
});
