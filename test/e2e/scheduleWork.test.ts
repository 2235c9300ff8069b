import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/apps/app";
import { startScheduleWorker } from "../support/scheduleWorker";

const everyMinute = `
import { command } from "../app/console/command";
export default command({ schedule: "* * * * *", run() { console.log("ran"); } });
`;
/** A time limit in milliseconds within which a new minute certainly begins. */
const aMinute = 75_000;

describe("schedule:work on the host's clock", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp({ "commands/One.ts": everyMinute, "commands/Two.ts": everyMinute });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());

  test("starts each minute once, and picks up a new build and schedule.json", async () => {
    await beginningOfMinute();
    const worker = startScheduleWorker(app);
    const ends = (name: string) =>
      worker.lines().filter(({ message, command }) => message === "Command ended" && command === name).length;
    const startsOf = (name: string) =>
      worker
        .lines()
        .filter(({ message, command }) => message === "Command started" && command === name)
        .map(({ timestamp }) => Date.parse(timestamp));
    try {
      await worker.until(() => worker.lines().length > 0);
      app.write("commands/Three.ts", everyMinute);
      expect((await app.laju("build")).stderr).toBe("");
      expect((await app.laju("disable", "Two")).status).toBe(0);
      await worker.until(() => ends("One") === 1 && ends("Three") === 1, aMinute);
      // An edit of schedule.json must not make schedule:work forget commands.
      app.write("schedule.json", "{");
      await worker.until(() => ends("One") === 2 && ends("Three") === 2, aMinute);
    } finally {
      process.kill(worker.pid, "SIGTERM");
    }
    expect(await worker.ended).toEqual({ status: 0, signal: null });

    const minutes = startsOf("One").map((time) => Math.floor(time / 60_000));
    expect(minutes).toEqual([0, 1].map((after) => (minutes[0] ?? 0) + after));
    for (const time of startsOf("One")) expect(time % 60_000).toBeLessThan(5_000);
    expect(startsOf("Two").length).toBe(0);
    expect(worker.lines().filter(({ level }) => level === "error")).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^schedule\.json:1:2 .*; the current commands stay in effect/),
      }),
    ]);
    expect(readFileSync(join(app.root, "logs/Three.log"), "utf8")).toMatch(
      /^ran\nlaju: Three starts without its overrides from .*schedule\.json: .*\nran\n$/,
    );
    const runs = JSON.parse((await app.laju("runs", "One", "--json")).stdout);
    expect(runs.map(({ state }: { state: string }) => state)).toEqual(["succeeded", "succeeded"]);
  });
});

/** Waits for the next minute if the current one doesn't leave enough time to build an app. */
async function beginningOfMinute(): Promise<void> {
  const passed = Date.now() % 60_000;
  if (passed > 48_000) await sleep(60_000 - passed);
}
