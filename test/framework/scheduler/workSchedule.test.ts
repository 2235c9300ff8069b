import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import type { CommandMeta } from "../../../framework/metadata/commandMeta";
import { type CommandFacts, commandFacts } from "../../../framework/metadata/manifest";
import { workSchedule } from "../../../framework/scheduler/workSchedule";

const minute = 60_000;
const day = 1440 * minute;
const noon = Date.parse("2027-03-01T12:00:00Z");
const command = (name: string, meta: CommandMeta): CommandFacts => commandFacts(name, "declared", meta);

/** A scheduler whose clock and timers the test controls. */
function simulate(commands: CommandFacts[], { begin = noon, hostTimezone = "UTC" } = {}) {
  let now = begin;
  let timers: { time: number; call: () => void }[] = [];
  const world = {
    starts: [] as { name: string; time: number }[],
    missed: [] as string[],
    maxTimers: 0,
    wakes: 0,
    /** How late each timer fires, in milliseconds; negative for early. Real timers sometimes fire a fraction early. */
    delay: () => 1,
    /** The changed commands, if the files have changed since the last time. */
    changed: undefined as CommandFacts[] | undefined,
    timers: () => timers.length,
    /** Advances the clock to a time, firing each timer on the way. */
    runUntil(time: number) {
      for (;;) {
        const [next] = timers.sort((a, b) => a.time - b.time);
        const due = next === undefined ? Infinity : Math.max(now, next.time + world.delay());
        if (next === undefined || due > time) break;
        now = due;
        timers = timers.filter((timer) => timer !== next);
        world.wakes += 1;
        next.call();
      }
      now = time;
    },
    /** Sets the clock, as it jumps after the machine has slept. Timers still have as much time left as before. */
    jump(milliseconds: number) {
      now += milliseconds;
      for (const timer of timers) timer.time += milliseconds;
    },
    stop: () => {},
  };
  world.stop = workSchedule({
    clock: {
      now: () => now,
      wakeAt(time, call) {
        const timer = { time: Math.max(time, now + 1), call };
        timers.push(timer);
        world.maxTimers = Math.max(world.maxTimers, timers.length);
        return () => {
          timers = timers.filter((one) => one !== timer);
        };
      },
    },
    hostTimezone,
    commands,
    since: () => undefined,
    changes: () => {
      const { changed } = world;
      world.changed = undefined;
      return changed;
    },
    start: (name) => world.starts.push({ name, time: now }),
    missed: ({ name, missed }) => world.missed.push(`${name} ${missed}`),
  });
  return world;
}

const minutesOf = (starts: { time: number }[]) => starts.map(({ time }) => Math.floor(time / minute));
const clockTimes = (starts: { time: number }[]) =>
  starts.map(({ time }) => new Date(time).toISOString().slice(11, 19));

describe("a day at one-minute cadence", () => {
  test.each([
    ["punctual timers", () => 0],
    ["timers that come early by a fraction", () => -0.4],
    ["timers that come late by up to 50 seconds", noisy(50_000)],
  ])("with %s starts each minute exactly once, using one timer", (_, delay) => {
    const world = simulate([command("EveryMinute", { schedule: "* * * * *" })]);
    world.delay = delay;
    world.runUntil(noon + day + 59_000);
    const expected = Array.from({ length: 1440 }, (_, index) => noon / minute + index + 1);
    expect(minutesOf(world.starts)).toEqual(expected);
    expect(world.missed).toEqual([]);
    expect(world.maxTimers).toBe(1);
  });

  test("wakes up at most once a minute for 300 commands", () => {
    const commands = Array.from({ length: 300 }, (_, index) =>
      command(`C${index}`, { schedule: `${index % 60} * * * *` }),
    );
    const world = simulate(commands);
    world.runUntil(noon + day + 30_000);
    expect(world.starts.length).toBe(300 * 24);
    expect(world.wakes).toBe(1440);
  });

  test("accumulates no state from day to day", () => {
    const world = simulate([
      command("A", { schedule: "*/10 * * * * *" }),
      command("B", { schedule: "rate(7 minutes)" }),
    ]);
    const heap = () => {
      world.starts = [];
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    world.runUntil(noon + day);
    const before = heap();
    world.runUntil(noon + 15 * day);
    expect(heap() - before).toBeLessThan(500_000);
  });
});

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

interface Row {
  expression: string;
  month: 3 | 10;
  deltas: number[];
}
const berlin: Row[] = JSON.parse(
  readFileSync(new URL("../../fixtures/firings-berlin-dst.json", import.meta.url), "utf8"),
).rows;

describe("a clock change in Berlin starts the same commands as the real cron", () => {
  const nights = {
    3: { begin: Date.parse("2026-03-28T22:40:30Z"), end: Date.parse("2026-03-29T03:09:30Z") },
    10: { begin: Date.parse("2026-10-24T21:40:30Z"), end: Date.parse("2026-10-25T04:09:30Z") },
  };
  test.each(berlin)("$expression in month $month", ({ expression, month, deltas }) => {
    const { begin, end } = nights[month];
    const world = simulate([command("A", { schedule: expression })], {
      begin,
      hostTimezone: "Europe/Berlin",
    });
    world.runUntil(end);
    expect(minutesOf(world.starts)).toEqual(minutesFrom(deltas));
  });
});

describe("after the host slept", () => {
  test("missed starts are skipped, and a command with catchUp starts once", () => {
    const world = simulate([
      command("None", { schedule: "*/5 * * * *" }),
      command("Last", { schedule: "*/5 * * * *", catchUp: "last" }),
    ]);
    world.runUntil(noon + 6 * minute);
    world.starts = [];
    world.jump(4 * 60 * minute + 2000);
    world.runUntil(noon + 4 * 60 * minute + 8 * minute);
    expect(world.starts.map(({ name }) => name)).toEqual(["Last"]);
    expect(world.missed).toEqual(["None 48", "Last 47"]);
    world.runUntil(noon + 4 * 60 * minute + 10 * minute + 100);
    expect(world.starts.map(({ name }) => name)).toEqual(["Last", "None", "Last"]);
  });
});

describe("while it is running", () => {
  test("a new build takes effect in the next minute", () => {
    const world = simulate([command("Old", { schedule: "* * * * *" })]);
    world.runUntil(noon + minute + 20_000);
    world.changed = [command("New", { schedule: "*/30 * * * * *" })];
    world.runUntil(noon + 2 * minute + 50_000);
    expect(world.starts.map(({ name }) => name)).toEqual(["Old", "New", "New"]);
    expect(clockTimes(world.starts)).toEqual(["12:01:00", "12:02:00", "12:02:30"]);
  });

  test("@reboot commands start once, along with the scheduler", () => {
    const boot = command("Boot", { schedule: "@reboot" });
    const world = simulate([boot]);
    world.changed = [boot, command("Other", { schedule: "@reboot" })];
    world.runUntil(noon + day);
    expect(world.starts).toEqual([{ name: "Boot", time: noon }]);
  });

  test("without commands it waits for a new build", () => {
    const world = simulate([]);
    world.runUntil(noon + 10 * minute + 30_000);
    world.changed = [command("A", { schedule: "* * * * *" })];
    world.runUntil(noon + 11 * minute + 1000);
    expect(clockTimes(world.starts)).toEqual(["12:11:00"]);
  });

  test("after it is stopped nothing starts and no timer is left", () => {
    const world = simulate([command("A", { schedule: "* * * * *" })]);
    world.runUntil(noon + minute + 1000);
    world.stop();
    expect(world.timers()).toBe(0);
    world.runUntil(noon + day);
    expect(world.starts.length).toBe(1);
  });
});

/** Random delays, always the same ones. */
function noisy(most: number): () => number {
  let seed = 7;
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return (seed / 2 ** 31) * most;
  };
}

function minutesFrom(deltas: readonly number[]): number[] {
  let at = 0;
  const minutes = deltas.map((delta) => {
    at += delta;
    return at;
  });
  return [...new Set(minutes)];
}
