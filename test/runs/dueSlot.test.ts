import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dueSlot } from "../../app/runs/dueSlot";
import type { Run } from "../../app/runs/run";
import { entryId } from "../../app/schedule/entries";
import { parseSchedule } from "../../app/schedule/expression";
import { makeApp, type TestApp } from "../support/app";

describe("a command that decides for a coarse crontab entry", () => {
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

  test("does not know an entry of another schedule", () => {
    expect(dueSlot(facts, "00000000", new Date())).toEqual({ kind: "unknown entry" });
  });

  describe("as a process", () => {
    let app: TestApp;
    beforeAll(async () => {
      app = makeApp({
        "commands/Abroad.ts": `
          import { command } from "../app/console/command";
          export default command({ schedule: "* * * * *", timezone: "Asia/Kathmandu", run() { console.log("ran"); } });`,
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
      return /LAJU_ENTRY=(\w+)/.exec(entries.find((entry) => entry.name === name)?.line ?? "")?.[1] ?? "";
    };
    const start = (name: string, entry: string) =>
      app.run([`build/commands/${name}.js`], { env: { LAJU_ENTRY: entry } });

    test("runs its slot once, however often the line starts it", async () => {
      const entry = await entryOf("Abroad");
      const ended = await Promise.all([1, 2, 3, 4].map(() => start("Abroad", entry)));
      expect(ended.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
      const slots = new Set(ended.filter(({ stdout }) => stdout === "ran\n"));
      // A new minute may begin in between.
      expect([1, 2]).toContain(slots.size);
      const runs: Run[] = JSON.parse((await app.laju("runs", "Abroad", "--json")).stdout);
      expect(runs.filter(({ state }) => state === "succeeded")).toHaveLength(slots.size);
    });

    test("ends silently when it is not due, leaving no row", async () => {
      expect(await start("Rarely", await entryOf("Rarely"))).toMatchObject({
        status: 0,
        stdout: "",
        stderr: "",
      });
      expect((await app.laju("runs", "Rarely", "--json")).stdout).toBe("[]\n");
    });

    test("refuses an entry of another build, aloud", async () => {
      const refused = await start("Rarely", "12345678");
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain("its crontab entry is of another build than this");
    });

    test("started by hand runs whatever the time", async () => {
      expect(await app.run(["build/commands/Rarely.js"])).toMatchObject({ status: 0, stdout: "ran\n" });
    });
  });
});
