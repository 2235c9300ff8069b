import { describe, expect, test } from "vitest";
import type { Terminal } from "../../app/console/terminal";
import { visibleWidth } from "../../app/console/terminal";
import { timelineText } from "../../app/console/timelineText";
import type { CommandMeta } from "../../app/schedule/commandMeta";
import { commandFacts } from "../../app/schedule/manifest";
import { timelineOf } from "../../app/schedule/timeline";
import { makeApp } from "../support/app";

const symbols = { done: "✓", failed: "✗", running: "●", never: "○", skipped: "↷", dots: "…" };
const plain: Terminal = { paint: (_, text) => text, symbols, width: 80, isTerminal: false };
const named: Terminal = { ...plain, paint: (style, text) => (text === "" ? "" : `${style}(${text})`) };

function factsOf(metas: Record<string, CommandMeta>) {
  return Object.entries(metas).map(([name, meta]) => commandFacts(name, "declared", meta));
}

function timeline(
  metas: Record<string, CommandMeta>,
  { now = "2026-11-23T05:21Z", hostTimezone = "UTC", terminal = plain } = {},
): string {
  const clock = { now: new Date(now), hostTimezone };
  const commands = factsOf(metas);
  return timelineText(timelineOf(commands, clock), commands, clock, terminal);
}

describe("list --timeline", () => {
  test("shows the next 24 hours, an hour a row, and what clashes", () => {
    expect(
      timeline({
        SendDailyDigest: { schedule: "0 8 * * *" },
        CleanupOldData: { schedule: ["0 2 * * *", "30 23 * * *"] },
        SyncExternalData: { schedule: "*/15 * * * *" },
        WarmCache: { schedule: "*/5 20-21 * * *" },
      }),
    ).toBe(`
  The 24 hours from Mon 23 Nov 05:21, UTC

  every hour   SyncExternalData :00 :15 :30 :45

  Mon 23 Nov
  05:00    2
  06:00    4
  07:00    4
  08:00    5   SendDailyDigest :00!
  09:00    4
  10:00    4
  11:00    4
  12:00    4
  13:00    4
  14:00    4
  15:00    4
  16:00    4
  17:00    4
  18:00    4
  19:00    4
  20:00   16   WarmCache :00 to :55 every 5m!
  21:00   16   WarmCache :00 to :55 every 5m!
  22:00    4
  23:00    5   CleanupOldData :30!
  Tue 24 Nov
  00:00    4
  01:00    4
  02:00    5   CleanupOldData :00!
  03:00    4
  04:00    4
  05:00    2

  ! 2 at once  08:00
    SendDailyDigest, SyncExternalData
  ! 2 at once  20:00 20:15 20:30 20:45 and 4 more
    SyncExternalData, WarmCache
  ! 2 at once  23:30 02:00
    CleanupOldData, SyncExternalData

  123 starts of 4 commands`);
  });

  test("colours clashes and headings", () => {
    const text = timeline(
      { A: { schedule: "0 8 * * *" }, B: { schedule: "0 8 * * *", environments: ["demo"] } },
      { terminal: named },
    );
    expect(text).toContain("  bold(The 24 hours from Mon 23 Nov 05:21, UTC)\n");
    expect(text).toContain("  08:00 dim(   2)   A yellow(:00!), B yellow(:00!)\n");
    expect(text).toContain("  yellow(! 2 at once)  08:00\n    A, B\n");
    expect(text).toContain("  dim(2 starts of 2 commands, 1 of them only in the environment demo)");
  });

  test("goes by the host's clock, of any zone and across its changes", () => {
    const text = timeline(
      { A: { schedule: "30 8 * * *" }, B: { schedule: "0 9 * * *", timezone: "UTC" } },
      { hostTimezone: "Asia/Kolkata" },
    );
    expect(text).toContain("  08:00    1   A :30\n");
    expect(text).toContain("  14:00    1   B :30\n");
    const autumn = timeline(
      { A: { schedule: "15 * * * *" }, B: { schedule: "30 2 * * *" } },
      { now: "2026-10-24T20:10Z", hostTimezone: "Europe/Berlin" },
    );
    expect(autumn.match(/ 02:00 .*/g)).toEqual([" 02:00    2   B :30", " 02:00    1"]);
  });

  test("fits 80 columns whatever there is", () => {
    const metas = Object.fromEntries(
      Array.from({ length: 40 }, (_, index): [string, CommandMeta] => [
        `reports/Command${"X".repeat(index)}`,
        { schedule: `${index} */${(index % 5) + 1} * * *`, environments: ["production", "staging"] },
      ]),
    );
    for (const line of timeline(metas).split("\n")) expect(visibleWidth(line)).toBeLessThanOrEqual(80);
  });

  test("has nothing to show where nothing starts, and leaves out what is disabled", () => {
    expect(
      timeline({ A: {}, B: { schedule: "0 8 * * *", enabled: false }, C: { schedule: "@reboot" } }),
    ).toBe("\n  The 24 hours from Mon 23 Nov 05:21, UTC\n\n  Nothing starts.");
  });

  test("a minute in which a command has several starts is one", () => {
    const clock = { now: new Date("2026-11-23T05:21Z"), hostTimezone: "UTC" };
    const commands = factsOf({ A: { schedule: ["*/20 0 8 * * *", "0 8 * * *"] } });
    expect(timelineOf(commands, clock).filter(({ starts }) => starts.length > 0)).toEqual([
      { hour: "2026-11-23T08:00:00.000Z", starts: [{ at: "2026-11-23T08:00:00.000Z", names: ["A"] }] },
    ]);
  });

  test("is what `node laju list --timeline` prints, and --json has its rows", async () => {
    const app = makeApp({ "commands/A.ts": 'export const meta = { schedule: "0 8 * * *" };\nwork();\n' });
    const printed = await app.laju("list", "--timeline");
    const rows = await app.laju("list", "--timeline", "--json");
    app.remove();
    expect(printed).toMatchObject({ status: 0, stderr: "" });
    expect(printed.stdout).toMatch(/\n {2}08:00 {4}1 {3}A :00\n/);
    const hours = JSON.parse(rows.stdout) as { hour: string; starts: { at: string; names: string[] }[] }[];
    expect(hours.length).toBeGreaterThanOrEqual(24);
    expect(hours.flatMap(({ starts }) => starts.map(({ names }) => names))).toEqual([["A"]]);
  });
});
