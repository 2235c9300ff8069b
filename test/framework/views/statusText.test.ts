import { expect, test } from "vitest";
import type { Terminal } from "../../../framework/cli/terminal";
import type { Run } from "../../../framework/runs/ledger/run";
import { arrangedStatus } from "../../../framework/views/statusOrder";
import type { Status, StatusRow } from "../../../framework/views/statusRows";
import { statusText } from "../../../framework/views/statusText";
import { someRun } from "../../support/run";

const now = Date.parse("2026-11-23T09:00:00Z");
const clock = { now: new Date(now), hostTimezone: "UTC" };
const minute = 60_000;

function terminal(paints = false): Terminal {
  return {
    paint: (style, text) => (paints ? `${style}(${text})` : text),
    symbols: { done: "✓", failed: "✗", running: "●", never: "○", skipped: "↷", dots: "…", bar: "█" },
    width: 80,
    isTerminal: false,
  };
}

function row(name: string, more: Partial<StatusRow> = {}): StatusRow {
  return {
    name,
    enabled: true,
    isScheduled: true,
    isInstalled: true,
    environments: null,
    isMeantHere: true,
    last: null,
    running: null,
    isRetrying: false,
    isPaused: false,
    skipped: 0,
    ranElsewhere: null,
    nextRun: new Date(now + 99 * minute + 20_000).toISOString(),
    troubles: [],
    ...more,
  };
}

function run(minutesAgo: number, lastedMs: number | null, more: Partial<Run> = {}): Run {
  const startedAt = now - minutesAgo * minute;
  return someRun({
    startedAt,
    finishedAt: lastedMs === null ? null : startedAt + lastedMs,
    durationMs: lastedMs,
    ...more,
  });
}

const failed = run(300, 300, {
  state: "failed",
  exitStatus: 1,
  error: "SQLITE_BUSY: database is locked, and a long story besides\n  at x",
});

const status: Status = {
  commands: [
    row("SendDailyDigest", { last: run(120, 12_400, { message: "Sent 8 digests" }) }),
    row("CleanupOldData", {
      last: failed,
      troubles: [{ kind: "failed", text: "failed with exit status 1" }],
    }),
    row("SyncExternalData", { running: run(4, null, { state: "running", exitStatus: null }), skipped: 2 }),
    row("WarmCache", { nextRun: new Date(now + 20_000).toISOString() }),
    row("Report", {
      last: run(3000, 900, { message: "Sent" }),
      troubles: [{ kind: "overdue", text: "was due 2d ago" }],
    }),
    row("Off", { enabled: false, isScheduled: false, nextRun: null }),
    row("Rests", { isPaused: true }),
    row("Again", { last: run(1, 900, { state: "failed", exitStatus: 1 }), isRetrying: true }),
  ],
  crontab: { state: "in order", message: "The crontab of deploy matches the build", isBad: false },
  needsPerson: [],
};

test("each command has a line: when, how long, result and next start", () => {
  expect(statusText(status, clock, terminal())).toBe(`
  ✓ SendDailyDigest    2h ago      12.4s              next in 1h 39m
  ✗ CleanupOldData     5h ago      0.3s    exit 1     next in 1h 39m
      SQLITE_BUSY: database is locked, and a long story besides
  ● SyncExternalData   running     4m                 next in 1h 39m   2 skipped
  ○ WarmCache          never                          next in 20s
  ✗ Report             2d 2h ago   0.9s               next in 1h 39m
      was due 2d ago
  ○ Off                never                          disabled
  ○ Rests              never                          paused
  ● Again              1m ago      0.9s    retrying   next in 1h 39m

  The crontab of deploy matches the build
  node laju logs CleanupOldData  # its output
  node laju run CleanupOldData   # run it again`);
});

test("skipped starts are visible at 80 columns, however long the name", () => {
  const name = "maintenance/RebuildSearchIndex";
  const running = run(4, null, { state: "running", exitStatus: null });
  const text = statusText(
    { ...status, commands: [row(name, { running, skipped: 1200 })] },
    clock,
    terminal(),
  );
  expect(text).toContain(`  ● ${name}   running   4m   next in 1h 39m\n      1200 skipped\n`);
});

test("does not suggest running a command again while it is active", () => {
  const running = run(14, null, { state: "running", exitStatus: null });
  const troubles = [
    { kind: "hanging" as const, text: "has been running for 14m (run 3, pid 41), and 7 starts were skipped" },
  ];
  const text = statusText(
    { ...status, commands: [row("A", { running, skipped: 7, troubles })] },
    clock,
    terminal(),
  );
  expect(text).toContain(`
  ● A   running   14m   next in 1h 39m
      has been running for 14m (run 3, pid 41), and 7 starts were skipped
`);
  expect(text).toMatch(/node laju logs A --follow {2}# its output\n {2}node laju stop A {11}# stop it$/);
});

test("names the server that ran a command", () => {
  const elsewhere: Status = {
    ...status,
    commands: [row("Nightly", { skipped: 7, ranElsewhere: "web-2" })],
  };
  expect(statusText(elsewhere, clock, terminal())).toContain(
    "  ○ Nightly   never   next in 1h 39m   ran on web-2\n",
  );
});

test("problems are red", () => {
  const bad: Status = {
    commands: [row("A", { last: failed, troubles: [{ kind: "failed", text: "failed" }] })],
    crontab: { state: "edited by hand", message: "The crontab is edited", hint: "Install it.", isBad: true },
    needsPerson: [],
  };
  expect(statusText(bad, clock, terminal(true))).toBe(`
  red(✗) A   5h ago   0.3s   exit 1   next in 1h 39m
      red(SQLITE_BUSY: database is locked, and a long story besides)

  red(The crontab is edited)
  dim(Install it.)
  dim(node laju logs A  # its output)
  dim(node laju run A   # run it again)`);
});

test("what needs attention comes first, and commands that never start here share one line", () => {
  const rows = [
    row("Fine", { last: run(1, 900) }),
    row("ByHand", { isScheduled: false, nextRun: null, last: failed }),
    row("Off", { enabled: false }),
    row("Elsewhere", { isMeantHere: false, environments: ["staging"], isScheduled: false }),
    row("OffButRuns", { enabled: false, running: run(4, null, { state: "running" }) }),
    row("sync/ThisIsALongNameThatWouldTakeHalfTheWidth", { last: run(2, 700) }),
    row("Bad", { last: failed, troubles: [{ kind: "failed", text: "failed with exit status 1" }] }),
  ];
  const { commands, hidden } = arrangedStatus(rows, "failed", () => false);
  const text = statusText({ ...status, commands }, clock, terminal(), hidden);
  expect(text).toBe(`
  ✗ Bad          5h ago    0.3s   exit 1   next in 1h 39m
      SQLITE_BUSY: database is locked, and a long story besides
  ✗ ByHand       5h ago    0.3s   exit 1                    SQLITE_BUSY: databa…
  ✓ Fine         1m ago    0.9s            next in 1h 39m
  ● OffButRuns   running   4m              disabled
  ✓ sync/ThisIsALongNameThatWouldTakeHalfTheWidth
                 2m ago    0.7s            next in 1h 39m
  Not started here: Off (disabled); Elsewhere (only in staging)

  The crontab of deploy matches the build
  node laju logs Bad  # its output
  node laju run Bad   # run it again`);
  const all = arrangedStatus(rows, "name", () => true);
  expect(all.commands.map(({ name }) => name).slice(0, 3)).toEqual(["Bad", "ByHand", "Elsewhere"]);
  expect(statusText({ ...status, commands: all.commands }, clock, terminal(), all.hidden)).toContain(
    "  ○ Elsewhere    never                     only in staging\n",
  );
});
