import { expect, test } from "vitest";
import type { Terminal } from "../../../framework/cli/terminal";
import type { JobRecord } from "../../../framework/queue/jobRecord";
import { jobDetails } from "../../../framework/views/queue/jobDetails";
import { jobTable } from "../../../framework/views/queue/jobList";
import { runDetails, runTable } from "../../../framework/views/runList";
import { someRun } from "../../support/run";

const now = Date.parse("2026-11-23T09:00:00Z");
const error = "Error: \u001b[31mno rows\u001b[0m\u0007 in\t\u001b]0;title\u0007 A\r\n    at X.ts:3";
const shown = "Error: no rows\ufffd in";

const terminal: Terminal = {
  paint: (_, text) => text,
  symbols: { done: "✓", failed: "✗", running: "●", never: "○", skipped: "↷", dots: "…", bar: "█" },
  width: 80,
  isTerminal: false,
};

const run = someRun({
  startedAt: now - 60_000,
  finishedAt: now,
  durationMs: 60_000,
  state: "failed",
  exitStatus: 1,
  error,
  attempt: 2,
  args: ["\u001b[2J"],
});

test("an error cannot control the terminal in a table of runs", () => {
  expect(runTable([run], now, terminal)).toBe(
    `\n  ✗ 7   Digest   1m ago   1m   retry 1, exit 1   ${shown} \ufffd]0;title\ufffd A\n`,
  );
});

test("an error cannot control the terminal in the details of a run", () => {
  expect(runDetails(run, terminal)).toBe(
    [
      "✗ Digest  run 7",
      "  state      failed, exit 1, retry 1 (attempt 2)",
      "  started    2026-11-23T08:59:00.000Z",
      "  finished   2026-11-23T09:00:00.000Z",
      "  duration   1m",
      "  host       web-1, pid 1",
      "  arguments  ",
      "  key        k",
      `  error      ${shown}\t\ufffd]0;title\ufffd A`,
      "                 at X.ts:3",
    ].join("\n"),
  );
});

test("an error cannot control the terminal in the details of a job", () => {
  const job: JobRecord = {
    ...{
      id: 3,
      type: "Mail",
      state: "failed",
      userId: null,
      data: {},
      priority: 0,
      unique: null,
      cron: null,
    },
    ...{ attempts: 1, due: null, createdAt: now, startedAt: now, finishedAt: now, worker: null },
    ...{ progress: null, result: null, error, rescheduledFromJob: null, successor: null, removeAt: null },
  };
  expect(jobTable([job], now, terminal)).toContain(`Mail  failed  now  ${shown} \ufffd]0;title`);
  expect(jobDetails(job, terminal)).toContain(`error        ${shown}\t\ufffd]0;title\ufffd A\n `);
});
