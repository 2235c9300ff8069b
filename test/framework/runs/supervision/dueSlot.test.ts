import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../../../framework/runs/ledger/run";
import { dueSlot, latestSlot } from "../../../../framework/runs/supervision/dueSlot";
import { entryId } from "../../../../framework/schedule/expression/entryId";
import { parseSchedule } from "../../../../framework/schedule/expression/expression";
import { makeApp, type TestApp } from "../../../support/apps/app";

/** Every minute in New York except for one hour, half a day from now. cron alone cannot express this on another clock. */
function almostAlways(): string {
  const now = Number(
    new Intl.DateTimeFormat("en", {
      timeZone: "America/New_York",
      hour: "2-digit",
      hourCycle: "h23",
    }).format(),
  );
  const hours = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => hour !== (now + 12) % 24);
  return `* ${hours.join(",")} * * *`;
}

describe("a command that checks for an approximate crontab entry", () => {
  const facts = { name: "X", schedules: ["30 9 * * 1-5"], timezone: "America/New_York" };
  const id = entryId(parseSchedule("30 9 * * 1-5"), facts.timezone);

  test.each([
    ["2026-11-23T14:30:02Z", { kind: "due", slot: Date.parse("2026-11-23T14:30:00Z") }],
    ["2026-11-23T14:33:00Z", { kind: "due", slot: Date.parse("2026-11-23T14:30:00Z") }],
    ["2026-11-23T14:45:01Z", { kind: "not due" }],
    ["2026-11-22T14:30:01Z", { kind: "not due" }],
    ["2026-07-20T13:30:01Z", { kind: "due", slot: Date.parse("2026-07-20T13:30:00Z") }],
  ])("at %s: %o", (at, decision) => {
    expect(dueSlot(facts, id, new Date(at))).toEqual(decision);
  });

  test("rejects an entry of another schedule", () => {
    expect(dueSlot(facts, "00000000", new Date())).toEqual({ kind: "unknown entry" });
  });

  test.each([
    ["2026-11-23T08:00:01Z", "2026-11-23T08:00:00Z"],
    // A server that is more than a minute behind, or whose clock is.
    ["2026-11-23T08:01:20Z", "2026-11-23T08:00:00Z"],
    ["2026-11-23T08:10:59Z", "2026-11-23T08:10:00Z"],
    ["2026-11-23T07:59:59Z", undefined],
    ["2026-11-23T08:20:00Z", undefined],
  ])("without an entry a start at %s is for %s", (at, slot) => {
    const command = { name: "X", schedules: ["0 8 * * *", "10 8 * * *"], timezone: "UTC" };
    expect(latestSlot(command, new Date(at))).toBe(slot && Date.parse(slot));
  });

  describe("as a process", () => {
    let app: TestApp;
    beforeAll(async () => {
      app = makeApp({
        "commands/Abroad.ts": `
          import { command } from "../app/console/command";
          export default command({ schedule: "${almostAlways()}", timezone: "America/New_York", run() { console.log("ran"); } });`,
        "commands/Plain.ts": `
          import { command } from "../app/console/command";
          export default command({ schedule: "0 8 * * *", run() { console.log("ran"); } });`,
        "commands/Rarely.ts": `
          import { command } from "../app/console/command";
          export default command({ schedule: "0 0 29 2 *", timezone: "Asia/Kathmandu", run() { console.log("ran"); } });`,
      });
      expect((await app.laju("build")).stderr).toBe("");
    });
    afterAll(() => app.remove());

    const entryOf = async (name: string): Promise<string> => {
      const entries: { name: string; line: string }[] = JSON.parse(
        (await app.laju("crontab", "--json")).stdout,
      );
      const line = entries.find((entry) => entry.name === name)?.line;
      const id = /LAJU_ENTRY=(\w+)/.exec(line ?? "")?.[1];
      if (id === undefined) throw new Error(`no entry id in ${line}`);
      return id;
    };
    const start = (name: string, entry: string) =>
      app.run([`build/commands/${name}.js`], { env: { LAJU_ENTRY: entry } });

    test("runs once per slot, however often the line starts it", async () => {
      const entry = await entryOf("Abroad");
      const ended = await Promise.all([1, 2, 3, 4].map(() => start("Abroad", entry)));
      expect(ended.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
      const slots = new Set(ended.filter(({ stdout }) => stdout === "ran\n"));
      // A new minute may begin in between.
      expect([1, 2]).toContain(slots.size);
      const runs: Run[] = JSON.parse((await app.laju("runs", "Abroad", "--json")).stdout);
      expect(runs.filter(({ state }) => state === "succeeded")).toHaveLength(slots.size);
    });

    test("exits silently if it is not due, without a record", async () => {
      expect(await start("Rarely", await entryOf("Rarely"))).toMatchObject({
        status: 0,
        stdout: "",
        stderr: "",
      });
      expect((await app.laju("runs", "Rarely", "--json")).stdout).toBe("[]\n");
    });

    test("refuses an entry of another build, with a message", async () => {
      const refused = await start("Rarely", "12345678");
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain("its crontab entry was written by a different build");
    });

    test("refuses an entry of its previous, approximate schedule", async () => {
      // Otherwise, the command would run at every time that the approximate line matches.
      const refused = await start("Plain", "12345678");
      expect(refused).toMatchObject({ status: 1, stdout: "" });
      expect(refused.stderr).toContain("its crontab entry was written by a different build");
    });

    test("runs at any time if started by hand", async () => {
      expect(await app.run(["build/commands/Rarely.js"])).toMatchObject({ status: 0, stdout: "ran\n" });
    });
  });
});
