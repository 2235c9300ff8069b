import { describe, expect, test } from "vitest";
import { parseSchedule } from "../../../framework/schedule/expression/expression";
import { busybox } from "../../support/crontab/otherCrons";
import { integer, randomCronFields, randomFrom } from "../../support/crontab/randomSchedules";
import { expectIntended, type Intended } from "../../support/virtual-cron/entryChecks";
import { calendars, everyMinute, hosts, rates, zoned } from "../../support/virtual-cron/intendedCases";
import { changesOf, type Range, rangesAroundChanges } from "../../support/virtual-cron/ranges";
import { expectRawLines } from "../../support/virtual-cron/rawChecks";

const day = 86_400_000;
/** LAJU_FULL=1: 3,000 expressions; else a sample. */
const isFull = process.env.LAJU_FULL === "1";
const seeds = Array.from({ length: isFull ? 30 : 1 }, (_, index) => 3000 + index);
const perSeed = isFull ? 100 : 40;

describe.skipIf(busybox.skip)(`BusyBox crond${busybox.label}`, { timeout: 240_000 }, () => {
  const { path } = busybox;

  test.concurrent.each(seeds)("starts random expressions when explain says, seed %i", async (seed) => {
    const random = randomFrom(seed);
    const from = Date.UTC(integer(random, 2024, 2032), integer(random, 0, 11), integer(random, 1, 28));
    const range: Range = [new Date(from), new Date(from + (isFull ? 8 : 4) * day)];
    await expectIntended(randomIntended(perSeed, random), "UTC", range, { busybox: path });
  });

  test.concurrent.each(seeds)("reads raw lines as --as-written says, seed %i", async (seed) => {
    await expectRawLines("busybox", { seed, count: perSeed, days: isFull ? 6 : 2 }, path);
  });

  const changing = hosts.filter((host) => changesOf(host, 2028).length > 0).slice(0, isFull ? 9 : 1);
  test.concurrent.each(changing)("loses and doubles nothing at the clock changes of %s", async (host) => {
    const random = randomFrom(91);
    const all = Array.from({ length: isFull ? 40 : 8 }, () => ({ expression: nightly(random) }));
    const hours = isFull ? 30 : 5;
    for (const range of rangesAroundChanges([host], { before: hours, after: hours })) {
      await expectIntended(all, host, range, { busybox: path });
    }
  });

  test.concurrent.each(isFull ? hosts : hosts.slice(1, 2))(
    "starts the entries of other zones, rates and calendars as intended on a host in %s",
    async (host) => {
      const others = zoned.filter(({ timezone }) => timezone !== host);
      const [range] = rangesAroundChanges([host, "America/New_York"], { before: isFull ? 9 : 3, after: 3 });
      await expectIntended([...others, ...rates, ...everyMinute], host, range as Range, { busybox: path });
      const month: Range = [
        new Date(isFull ? "2028-02-25" : "2028-02-28"),
        new Date(isFull ? "2028-05-06" : "2028-03-02"),
      ];
      await expectIntended(calendars, host, month, { busybox: path });
    },
  );
});

function randomIntended(count: number, random: () => number): Intended[] {
  const all: Intended[] = [];
  while (all.length < count) {
    const expression = randomCronFields(random);
    if (canFire(expression)) all.push({ expression });
  }
  return all;
}

function canFire(expression: string): boolean {
  try {
    parseSchedule(expression);
    return true;
  } catch (error) {
    expect(String(error)).toContain("never fires");
    return false;
  }
}

/** Times of day that clock changes touch, on some days or all. */
function nightly(random: () => number): string {
  const hour = integer(random, 0, 4);
  const minutes = [`${integer(random, 0, 59)}`, `${integer(random, 0, 29)},${integer(random, 30, 59)}`];
  const days = ["* * *", "* * 0", "*/2 * *", "*/2 * sun,mon", "L * *"];
  return `${minutes[integer(random, 0, 1)]} ${hour} ${days[integer(random, 0, 4)]}`;
}
