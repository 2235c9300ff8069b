import { describe, expect, test } from "vitest";
import { kubernetesSchedule } from "../../../../framework/crontab/exports/kubernetesSchedule";
import { parseSchedule } from "../../../../framework/schedule/expression/expression";
import { knownStretches } from "../../../../framework/schedule/times/clockDifferences";
import { firingsAfter } from "../../../../framework/schedule/times/firings";
import { integer, pick, randomCronFields, randomFrom } from "../../../support/crontab/randomSchedules";
import { robfigFirings } from "../../../support/crontab/robfigCron";

function fieldsFor(text: string, timezone = "UTC") {
  return kubernetesSchedule(parseSchedule(text), timezone);
}

describe("the schedule of a CronJob", () => {
  test.each([
    ["0 8 * * *", "0 8 * * *"],
    ["*/15 9-17 * jan mon-fri", "*/15 9-17 * 1 1-5"],
    ["@daily", "0 0 * * *"],
    ["0 30 2 * * *", "30 2 * * *"],
    ["0 0 1,15 * 1", "0 0 1,15 * 1"],
    ["0 0 1-31 * 1", "0 0 * * *"],
    ["0 0 */2 * *", "0 0 1-31/2 * *"],
    ["0 0 * * fri-mon", "0 0 * * 0,1,5,6"],
    ["0 0 * * 7", "0 0 * * 0"],
    ["rate(20 minutes)", "*/20 * * * *"],
    ["rate(8 hours)", "0 */8 * * *"],
  ])("%s is %s", (text, fields) => {
    expect(fieldsFor(text)).toEqual({ value: fields });
  });

  test.each([
    ["rate(45 minutes)", "cannot be written as five fields"],
    ["rate(3 days)", "cannot be written as five fields"],
    ["@reboot", "has no meaning in a cluster"],
    ["0 0 L * *", "uses L, W or #, which Kubernetes does not support"],
    ["0 0 * * 1#2", "uses L, W or #, which Kubernetes does not support"],
    ["20 0 8 * * *", "has seconds, but Kubernetes only counts minutes"],
    ["0 0 */2 * 1", "needs both day fields to match, but in Kubernetes either one is enough"],
  ])("%s is refused: it %s", (text, reason) => {
    expect(fieldsFor(text).problem?.reason).toBe(reason);
  });

  test.each([
    [
      "30 2 * * *",
      "Europe/Berlin",
      "makes up for 02:30, which the clocks skip, but Kubernetes leaves it out (Europe/Berlin)",
    ],
    [
      "30 1 * * *",
      "America/New_York",
      "runs once for 01:30, which occurs twice, but Kubernetes runs it twice (America/New_York)",
    ],
    [
      "0 8 * * 0",
      "America/Havana",
      "picks days, but Kubernetes miscounts them where the clocks change at midnight (America/Havana)",
    ],
    [
      "0 */2 * * *",
      "Australia/Lord_Howe",
      "picks hours, but Kubernetes miscounts them where the clocks change by part of an hour (Australia/Lord_Howe)",
    ],
  ])("%s in %s is refused: it %s", (text, timezone, reason) => {
    expect(fieldsFor(text, timezone).problem?.reason).toBe(reason);
  });

  test.each([
    ["30 2 * * *", "UTC"],
    ["30 2 * * *", "Asia/Kolkata"],
    ["30 2 * * 1-5", "Europe/Berlin"],
    ["*/15 * * * *", "Europe/Berlin"],
    ["0 8 * * *", "America/Havana"],
  ])("%s in %s is accepted", (text, timezone) => {
    expect(fieldsFor(text, timezone).problem).toBeUndefined();
  });
});

describe("as Kubernetes interprets it", () => {
  const zones = [
    "America/Havana",
    "America/New_York",
    "America/Santiago",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Berlin",
  ];

  test.each(zones)("has the same times around the clock changes of %s", (timezone) => {
    const random = randomFrom(11);
    let taken = 0;
    for (let turn = 0; turn < 45; turn++) {
      const text = turn % 3 === 0 ? randomCronFields(random) : manyTimes(random);
      const schedule = parsed(text);
      const { value: fields } = schedule ? kubernetesSchedule(schedule, timezone) : {};
      if (!schedule || fields === undefined) continue;
      taken++;
      for (const range of ranges(timezone)) {
        const found = robfigFirings(fields, timezone, range);
        for (const host of ["UTC", timezone]) {
          const times = engine(schedule, timezone, range, host);
          expect([text, timezone, host, range, found]).toEqual([text, timezone, host, range, times]);
        }
      }
    }
    expect(taken).toBeGreaterThan(5);
  });

  test.each([
    ["30 2 * * *", "Europe/Berlin"],
    ["30 1 * * *", "America/New_York"],
    ["0 6,21 * * 4", "Africa/Cairo"],
    ["0 */2 * * *", "Australia/Lord_Howe"],
  ])("would have other times if it is refused: %s in %s", (text, timezone) => {
    const naive = ranges(timezone).map((range) => robfigFirings(text, timezone, range));
    expect(naive).not.toEqual(ranges(timezone).map((range) => engine(parseSchedule(text), timezone, range)));
  });

  /** Two days around each clock change in a year and a half, or around New Year if there is none. */
  function ranges(timezone: string): [number, number][] {
    const from = Date.UTC(2027, 0, 1) / 60_000;
    const changes = knownStretches(timezone).filter(
      ({ start, offset, offsetBefore }) =>
        offset !== offsetBefore && start > from && start < from + 1.5 * 525_600,
    );
    const centres = changes.length > 0 ? changes.map(({ start }) => start) : [from];
    return centres.map((centre) => [centre - 2 * 1440, centre + 2 * 1440]);
  }

  function engine(
    schedule: ReturnType<typeof parseSchedule>,
    timezone: string,
    [from, to]: [number, number],
    hostTimezone = "UTC",
  ) {
    const minutes: number[] = [];
    for (const time of firingsAfter(schedule, from * 60_000 - 1, { timezone, hostTimezone })) {
      if (time >= to * 60_000) break;
      minutes.push(time / 60_000);
    }
    return minutes;
  }

  function manyTimes(random: () => number): string {
    const minute = pick(random, ["0", "*/20", "30", "5,50", `${integer(random, 0, 59)}`]);
    const hour = pick(random, ["*", "*/2", "1-5", "0-23/2", "4,12", "8", "23", "0"]);
    const days = pick(random, [
      "* * *",
      "* * *",
      "* * 1-5",
      "* * 0",
      "1 * *",
      "* 3,11 *",
      "1-7 * 0",
      "*/2 * *",
    ]);
    return `${minute} ${hour} ${days}`;
  }

  /** Some random fields never fire. */
  function parsed(text: string) {
    try {
      return parseSchedule(text);
    } catch {
      return undefined;
    }
  }
});
