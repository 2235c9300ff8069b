import { describe, test } from "vitest";
import { bcron, busybox, systemdCron } from "../../support/crontab/otherCrons";
import { integer, pick, randomCronFields, randomFrom } from "../../support/crontab/randomSchedules";
import { expectIntended, type Intended } from "../../support/virtual-cron/entryChecks";
import { expectSameGuards } from "../../support/virtual-cron/guardChecks";
import { hosts } from "../../support/virtual-cron/intendedCases";
import { canFire, randomCases } from "../../support/virtual-cron/randomCases";
import { changesOf, type Range, rangesAroundChanges } from "../../support/virtual-cron/ranges";
import { expectRawLines } from "../../support/virtual-cron/rawChecks";
import type { OtherDaemon } from "../../support/virtual-cron/virtualTime";

const day = 86_400_000;
const hour = day / 24;
/** Whether to test everything (3,000 expressions, 500 schedules and 3,000 raw lines per daemon) or only a sample. */
const isFull = process.env.LAJU_FULL === "1";
const seeds = (count: number) => Array.from({ length: isFull ? count : 1 }, (_, index) => 3000 + index);
const perSeed = isFull ? 100 : 20;
const casesPerSeed = isFull ? 20 : 6;

const timeout = isFull ? 3_600_000 : 240_000;

/** Debian's cron is tested here only with LAJU_FULL=1, because test/e2e/schedule/virtualCron.test.ts tests a sample. */
const debian = { skip: false, label: "", path: undefined };
const daemons = [
  ...(isFull ? [{ cron: "debian", label: "Debian's cron", needs: debian } as const] : []),
  { cron: "busybox", label: "BusyBox crond", needs: busybox },
  { cron: "bcron", label: "bcron", needs: bcron },
  { cron: "systemd-cron", label: "systemd-cron", needs: systemdCron },
] as const;

for (const { cron, label, needs } of daemons) {
  describe.skipIf(needs.skip)(`${label}${needs.label}`, { timeout }, () => {
    const daemon: OtherDaemon | undefined = cron === "debian" ? undefined : { cron, path: needs.path ?? "" };
    // systemd itself decides what its timers do when clocks change, as the notes of laju crontab say.
    const losesRepeats = cron === "systemd-cron";

    test.concurrent.each(seeds(30))("starts random expressions when explain says, seed %i", async (seed) => {
      const random = randomFrom(seed);
      await expectIntended(randomIntended(perSeed, random), "UTC", daysFrom(random, isFull ? 4 : 2), {
        daemon,
      });
    });

    test.concurrent.each(seeds(25))(
      "starts zones, rates and calendars when explain says, seed %i",
      async (seed) => {
        const random = randomFrom(seed);
        const host = pick(random, hosts);
        const cases = randomCases(random, casesPerSeed, { hasSeconds: cron !== "systemd-cron" });
        const [range] = [pick(random, rangesNear([host, ...zonesOf(cases)]))];
        await expectIntended(cases, host, range, { daemon, losesRepeats });
        const rare = cases.filter(isRare);
        await expectIntended(rare, host, daysFrom(random, isFull ? 20 : 5), { daemon, losesRepeats });
      },
    );

    const changing = hosts.filter((host) => changesOf(host, 2028).length > 0).slice(0, isFull ? 9 : 1);
    test.concurrent.each(changing)(
      "neither loses nor repeats a start at the clock changes of %s",
      async (host) => {
        const random = randomFrom(91);
        const all = Array.from({ length: isFull ? 25 : 6 }, () => ({ expression: nightly(random) }));
        const hours = isFull ? 8 : 4;
        for (const range of rangesAroundChanges([host], { before: hours, after: hours })) {
          await expectIntended(all, host, range, { daemon, losesRepeats });
        }
      },
    );
  });
}

describe.skipIf(busybox.skip)(`BusyBox's shell and date${busybox.label}`, { timeout }, () => {
  test("evaluate guards like Debian's", () => {
    expectSameGuards(busybox.path ?? "", { seed: 7, count: isFull ? 200 : 12 });
  });
});

const readers = [
  ...(isFull ? [{ reader: "debian", needs: debian } as const] : []),
  { reader: "busybox", needs: busybox },
] as const;

for (const { reader, needs } of readers) {
  describe.skipIf(needs.skip)(`${reader}, raw lines${needs.label}`, { timeout }, () => {
    const daemon: OtherDaemon | undefined =
      reader === "debian" ? undefined : { cron: reader, path: needs.path ?? "" };
    test.concurrent.each(seeds(30))("are interpreted as --as-written says, seed %i", async (seed) => {
      await expectRawLines(reader, { seed, count: perSeed, days: isFull ? 3 : 2 }, daemon);
    });
  });
}

function randomIntended(count: number, random: () => number): Intended[] {
  const all: Intended[] = [];
  while (all.length < count) {
    const expression = randomCronFields(random);
    if (canFire(expression)) all.push({ expression });
  }
  return all;
}

function daysFrom(random: () => number, days: number): Range {
  const from = Date.UTC(integer(random, 2024, 2032), integer(random, 0, 11), integer(random, 1, 28));
  return [new Date(from), new Date(from + days * day)];
}

/** The hours around each clock change in these zones, or some other half day if there are no changes. */
function rangesNear(zones: readonly string[]): Range[] {
  const ranges = rangesAroundChanges(zones, isFull ? { before: 5, after: 6 } : { before: 2, after: 2 });
  const quiet = Date.UTC(2028, 4, 17);
  return ranges.length > 0 ? ranges : [[new Date(quiet), new Date(quiet + 12 * hour)]];
}

function zonesOf(cases: readonly Intended[]): string[] {
  return cases.flatMap(({ timezone }) => timezone ?? []);
}

/** A random schedule that is due at most once a day, so that a daemon can process many days. */
function isRare({ expression, timezone }: Intended): boolean {
  return timezone === undefined && !/minutes|hours|@every/.test(expression);
}

/** Times of day that a clock change skips or repeats, on some or all days. */
function nightly(random: () => number): string {
  const hour = integer(random, 0, 4);
  const minute = integer(random, 0, 59);
  const minutes = [`${minute}`, `${integer(random, 0, 29)},${integer(random, 30, 59)}`, "*/15"];
  const hours = [`${hour}`, `${hour}`, `${hour}-5`, "*/2"];
  const days = ["* * *", "* * 0", "*/2 * *", "*/2 * sun,mon", "L * *"];
  return `${pick(random, minutes)} ${pick(random, hours)} ${pick(random, days)}`;
}
