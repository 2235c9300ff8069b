import { describe, test } from "vitest";
import { expectIntended } from "../../support/virtual-cron/entryChecks";
import { expectClockChanges, expectRandomExpressions } from "../../support/virtual-cron/expressionChecks";
import {
  calendars,
  everyMinute,
  hosts,
  rates,
  trialsOn,
  zoned,
} from "../../support/virtual-cron/intendedCases";
import { changesOf, rangesAroundChanges } from "../../support/virtual-cron/ranges";
import { missingForVirtualCron } from "../../support/virtual-cron/virtualCron";

const missing = missingForVirtualCron();
const needs = missing.length > 0 ? ` (needs ${missing.join(", ")})` : "";

/**
 * Whether to test 3,000 random expressions, and everything on each host: `LAJU_ALL_CHANGES=1 npx vitest run --project
 * daemon test/e2e/schedule/virtualCron`. The default is a sample, because guards start two processes per virtual
 * minute, so days on the virtual clock take real time.
 */
const all = Boolean(process.env.LAJU_ALL_CHANGES);

// A generous limit: two daemons run at a time, and other load on the machine slows them down.
const options = { timeout: 240_000 };

describe.skipIf(missing.length > 0 && !process.env.CI)(`the real cron daemon${needs}`, options, () => {
  const seeds = Array.from({ length: all ? 15 : 5 }, (_, index) => 1000 + index);
  test.concurrent.each(seeds)("starts 200 random expressions when the engine says, seed %i", async (seed) => {
    await expectRandomExpressions(seed, 200);
  });

  const changing = hosts.filter((host) => changesOf(host, 2026).length > 0);
  test.concurrent.each(changing)("follows the engine through the clock changes of %s", async (timezone) => {
    await expectClockChanges(timezone, 25);
  });

  // The sample tests each clock change on one host, and makes sure that a host with clock changes tests one of its own.
  test.concurrent.each(hosts.map((host, index) => [host, index] as const))(
    "starts the entries of other zones as intended on a host in %s",
    async (host, index) => {
      const others = zoned.filter(({ timezone }) => timezone !== host);
      const isOwn = (nth: number) => changing.includes(host) && nth === index % 2;
      const isSampled = (nth: number) => nth % hosts.length === index || isOwn(nth);
      const trials = trialsOn(host, others).filter((_, nth) => all || isSampled(nth));
      for (const { intended, range } of trials) await expectIntended(intended, host, range);
    },
  );

  // The sample has a host without clock changes, one whose clocks change by half an hour, and an ordinary one.
  const rated = all ? hosts : (["UTC", "Europe/Berlin", "Australia/Lord_Howe"] as const);
  test.concurrent.each(rated)("starts the entries of rates as intended on a host in %s", async (host) => {
    const [range] = rangesAroundChanges([host, "Europe/Berlin"], { before: 2, after: 10 });
    await expectIntended(rates, host, range);
    // cron corrects its schedule for three hours after a clock change in its own zone, so test longer there.
    const after = changing.includes(host) ? 4 : 1;
    const [change] = rangesAroundChanges([host, "Europe/Berlin"], { before: 1, after });
    await expectIntended(everyMinute, host, change);
  });

  // The sample divides twelve months among the six hosts.
  test.concurrent.each(hosts.map((host, index) => [host, index] as const))(
    "starts the entries of calendar forms as intended on a host in %s",
    async (host, index) => {
      const months = all ? [0, 12] : [2 * index, 2 * index + 1];
      const [from, to] = months.map((month) => new Date(Date.UTC(2028, month, 1)));
      await expectIntended(calendars, host, [from, to]);
    },
  );
});
