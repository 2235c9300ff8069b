import { expect, test } from "vitest";
import { type Expectation, type RunHistory, troublesOf } from "../../../../framework/runs/history/health";
import type { Run } from "../../../../framework/runs/ledger/run";
import { someRun } from "../../../support/run";

const now = new Date("2026-11-23T09:00:00Z");
const clock = { now, hostTimezone: "Europe/Berlin" };
const at = (time: string) => Date.parse(time);

const daily: Expectation = {
  name: "Digest",
  schedules: ["0 8 * * *"],
  timezone: null,
  overlap: "skip",
  since: at("2026-11-01T00:00:00Z"),
  isScheduled: true,
};

const nothing: RunHistory = {
  last: null,
  lastEnded: null,
  running: null,
  lastStart: null,
  skipped: 0,
  blocked: 0,
  ranElsewhere: null,
  durations: [],
  isRetrying: false,
  incidents: [],
};

function run(more: Partial<Run> = {}): Run {
  const startedAt = at("2026-11-23T07:00:01Z");
  return someRun({ startedAt, finishedAt: startedAt + 1_000, durationMs: 1_000, ...more });
}

function ended(more: Partial<Run> = {}): RunHistory {
  const last = run(more);
  return { ...nothing, last, lastEnded: last, lastStart: last.startedAt };
}

const yesterday = { startedAt: at("2026-11-22T07:00:01Z") };

const cases: [string, Partial<Expectation>, RunHistory, string[]][] = [
  ["a success of today is fine", {}, ended(), []],
  ["a failure", {}, ended({ state: "failed", exitStatus: 3 }), ["failed with exit status 3"]],
  ["a time limit that passed", {}, ended({ state: "timed_out", exitStatus: 124 }), ["timed out"]],
  ["a failure of what is started by hand alone", { isScheduled: false }, ended({ state: "failed" }), []],
  ["a failure that is tried again", {}, { ...ended({ state: "failed" }), isRetrying: true }, []],
  ["today's start did not come", {}, ended(yesterday), ["was due 2h ago"]],
  ["no start ever came", {}, nothing, ["was due 22d 2h ago"]],
  ["the crontab was installed after the last due time", { since: at("2026-11-23T08:59:00Z") }, nothing, []],
  ["nobody knows since when it is installed", { since: null }, nothing, []],
  ["it is disabled, or for another environment", { isScheduled: false }, nothing, []],
  [
    "a start that a clock change skipped ran anyway",
    {},
    { ...ended(yesterday), lastStart: at("2026-11-23T07:00:01Z") },
    [],
  ],
  ["at boot only", { schedules: ["@reboot"] }, nothing, []],
  [
    "due four minutes ago: cron can still make up for it",
    { schedules: ["56 9 * * *"] },
    ended({ startedAt: at("2026-11-22T08:56:01Z") }),
    [],
  ],
  [
    "due six minutes ago",
    { schedules: ["54 9 * * *"] },
    ended({ startedAt: at("2026-11-22T08:54:01Z") }),
    ["was due 6m ago"],
  ],
  [
    "in another zone: 08:00 in New York is still to come",
    { timezone: "America/New_York" },
    ended({ startedAt: at("2026-11-22T13:00:01Z") }),
    [],
  ],
  [
    "one of several schedules had no start",
    { schedules: ["0 8 * * *", "0 9 * * *"] },
    ended(),
    ["was due 1h ago"],
  ],
  [
    "it is waiting for the previous run to end",
    { overlap: "wait" },
    { ...ended(yesterday), running: run({ ...yesterday, state: "running", finishedAt: null }) },
    [],
  ],
  [
    "far longer than usual",
    {},
    {
      ...ended(),
      running: run({ state: "running", finishedAt: null }),
      durations: [60e3, 50e3, 70e3, 60e3, 60e3],
    },
    ["usually takes at most 1m 10s"],
  ],
  [
    "four successes are too few to know the usual duration",
    {},
    { ...ended(), running: run({ state: "running", finishedAt: null }), durations: [60e3, 50e3, 70e3, 60e3] },
    [],
  ],
  [
    "an incident from the monitor stays until the problem is fixed",
    { since: null },
    {
      ...ended(),
      incidents: [
        {
          ...{ acknowledgedAt: null, acknowledgeReason: null },
          kind: "overdue",
          reason: "did not start at Mon 23 Nov 08:00",
        },
      ],
    },
    ["did not start at Mon 23 Nov 08:00"],
  ],
];

test.each(cases)("%s", (_, expected, history, texts) => {
  expect(troublesOf({ ...daily, ...expected }, history, clock).map(({ text }) => text)).toEqual(texts);
});

test("a start omitted by a clock change is not missed", () => {
  // On 29 March 2026, Berlin's clocks went from 02:00 to 03:00, and cron ran the 02:30 entry right after the change.
  const command = { ...daily, schedules: ["30 2 * * *"], since: at("2026-03-01T00:00:00Z") };
  const after = ended({ startedAt: at("2026-03-29T01:00:01Z") });
  expect(troublesOf(command, after, { ...clock, now: new Date("2026-03-29T12:00:00Z") })).toEqual([]);
});

test("a start that the daemon omitted because of an active run is not missed", () => {
  const quirks = { waitsForLastRun: true };
  const [hourly, started] = [{ ...daily, schedules: ["0 * * * *"] }, at("2026-11-23T06:00:01Z")];
  const running = { ...nothing, running: run({ startedAt: started }), lastStart: started };
  const overdue = (history: RunHistory, more: object) =>
    troublesOf(hourly, history, { ...clock, ...more }).filter(({ kind }) => kind === "overdue");
  expect(overdue(running, {})).toHaveLength(1);
  expect(overdue(running, { quirks })).toEqual([]);
  const long = ended({ startedAt: started, finishedAt: at("2026-11-23T08:59:00Z") });
  expect(overdue(long, {})).toHaveLength(1);
  expect(overdue(long, { quirks })).toEqual([]);
});
