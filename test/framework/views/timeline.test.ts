import { describe, expect, test } from "vitest";
import { visibleWidth } from "../../../framework/cli/table";
import type { Terminal } from "../../../framework/cli/terminal";
import type { CommandMeta } from "../../../framework/metadata/commandMeta";
import { commandFacts } from "../../../framework/metadata/manifest";
import { timelineOf } from "../../../framework/views/timeline";
import { timelineText } from "../../../framework/views/timelineText";
import { makeApp } from "../../support/apps/app";

const symbols = { done: "✓", failed: "✗", running: "●", never: "○", skipped: "↷", dots: "…", bar: "█" };
const plain: Terminal = { paint: (_, text) => text, symbols, width: 80, isTerminal: false };
const named: Terminal = { ...plain, paint: (style, text) => (text === "" ? "" : `${style}(${text})`) };

function factsOf(metas: Record<string, CommandMeta>) {
  return Object.entries(metas).map(([name, meta]) => commandFacts(name, "declared", meta));
}

function timeline(
  metas: Record<string, CommandMeta>,
  { now = "2026-11-23T05:21Z", hostTimezone = "UTC", terminal = plain, leftOut = "", notInstalled = 0 } = {},
): string {
  const clock = { now: new Date(now), hostTimezone };
  return timelineText(timelineOf(factsOf(metas), clock), clock, terminal, { leftOut, notInstalled });
}

describe("list --timeline", () => {
  test("shows the starts per hour, and which coincide", () => {
    expect(
      timeline({
        SendDailyDigest: { schedule: "0 8 * * *" },
        CleanupOldData: { schedule: ["0 2 * * *", "30 23 * * *"] },
        SyncExternalData: { schedule: "*/15 * * * *" },
        WarmCache: { schedule: "*/5 20-21 * * *" },
      }),
    ).toBe(`
  The 24 hours from Mon 23 Nov 05:21, UTC: 123 starts of 4 commands

  Mon 05:00 ███                       2   Mon 18:00 ██████                    4
      06:00 ██████                    4       19:00 ██████                    4
      07:00 ██████                    4       20:00 ████████████████████████ 16
      08:00 ████████                  5       21:00 ████████████████████████ 16
      09:00 ██████                    4       22:00 ██████                    4
      10:00 ██████                    4       23:00 ████████                  5
      11:00 ██████                    4   Tue 00:00 ██████                    4
      12:00 ██████                    4       01:00 ██████                    4
      13:00 ██████                    4       02:00 ████████                  5
      14:00 ██████                    4       03:00 ██████                    4
      15:00 ██████                    4       04:00 ██████                    4
      16:00 ██████                    4       05:00 ███                       2
      17:00 ██████                    4

  08:00  2 at once   SendDailyDigest, SyncExternalData
  20:00  2 at once   SyncExternalData, WarmCache; also at 7 other times
  23:30  2 at once   CleanupOldData, SyncExternalData; also at 1 other time`);
  });

  test("colors the heading and the busiest hours", () => {
    const text = timeline(
      { A: { schedule: "0 8 * * *" }, B: { schedule: "0 8 * * *" }, C: { schedule: "0 9 * * *" } },
      { terminal: named, leftOut: "1 disabled" },
    );
    expect(text).toContain("  bold(The 24 hours from Mon 23 Nov 05:21, UTC: 3 starts of 3 commands)\n");
    expect(text).toContain(`      08:00 yellow(${"█".repeat(25)}) 2   `);
    expect(text).toContain(`      09:00 ${"█".repeat(13)}${" ".repeat(12)} 1   `);
    expect(text).toContain(`      10:00 ${" ".repeat(25)} dim(0)   `);
    expect(text).toContain("  08:00  yellow(2 at once)   A, B\n  dim(Not counted: 1 disabled)");
  });

  test("follows the host's clock in any zone and across clock changes", () => {
    const text = timeline(
      { A: { schedule: "30 8 * * *" }, B: { schedule: "0 9 * * *", timezone: "UTC" } },
      { hostTimezone: "Asia/Kolkata" },
    );
    expect(text).toMatch(/ 14:00 █+ 1 /);
    expect(text).toMatch(/ 08:00 █+ 1\n/);
    const autumn = timeline(
      { A: { schedule: "15 * * * *" }, B: { schedule: "30 2 * * *" } },
      { now: "2026-10-24T20:10Z", hostTimezone: "Europe/Berlin" },
    );
    expect(autumn.match(/ 02:00 [█ ]+\d/g)).toEqual([
      ` 02:00 ${"█".repeat(25)} 2`,
      ` 02:00 ${"█".repeat(13)}${" ".repeat(12)} 1`,
    ]);
  });

  test("fits on one screen of 80 columns", () => {
    const metas = Object.fromEntries(
      Array.from({ length: 60 }, (_, index): [string, CommandMeta] => [
        `reports/Command${"X".repeat(index)}`,
        { schedule: ["0 2 * * *", `${index % 5} */${(index % 5) + 1} * * *`] },
      ]),
    );
    const lines = timeline(metas, { leftOut: "3 disabled" }).split("\n");
    for (const line of lines) expect(visibleWidth(line)).toBeLessThanOrEqual(80);
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(lines.at(-4)).toMatch(/ and \d+ more/);
  });

  test("says so if no starts coincide", () => {
    expect(timeline({ A: { schedule: "0 8 * * *" } })).toMatch(
      /\n\n {2}No two commands start in the same minute\.$/,
    );
  });

  test("is empty if nothing starts, and leaves out disabled commands", () => {
    expect(
      timeline({ A: {}, B: { schedule: "0 8 * * *", enabled: false }, C: { schedule: "@reboot" } }),
    ).toBe("\n  The 24 hours from Mon 23 Nov 05:21, UTC\n\n  Nothing starts.");
  });

  test("several starts of a command in the same minute count as one", () => {
    const clock = { now: new Date("2026-11-23T05:21Z"), hostTimezone: "UTC" };
    const commands = factsOf({ A: { schedule: ["*/20 0 8 * * *", "0 8 * * *"] } });
    expect(timelineOf(commands, clock).filter(({ starts }) => starts.length > 0)).toEqual([
      { hour: "2026-11-23T08:00:00.000Z", starts: [{ at: "2026-11-23T08:00:00.000Z", names: ["A"] }] },
    ]);
  });

  test("matches the output of `node laju list --timeline`, and --json has the same rows", async () => {
    const app = makeApp({ "commands/A.ts": 'export const meta = { schedule: "0 8 * * *" };\nwork();\n' });
    const printed = await app.laju("list", "--timeline");
    const rows = await app.laju("list", "--timeline", "--json");
    app.remove();
    const stderr = "The build is older than its sources: commands/A.ts is new. Run npm run build.\n";
    expect(printed).toMatchObject({ status: 0, stderr });
    expect(printed.stdout).toMatch(/ 08:00 █+ 1/);
    const hours = JSON.parse(rows.stdout) as { hour: string; starts: { at: string; names: string[] }[] }[];
    expect(hours.length).toBeGreaterThanOrEqual(24);
    expect(hours.flatMap(({ starts }) => starts.map(({ names }) => names))).toEqual([["A"]]);
  });
});
