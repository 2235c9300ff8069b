import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Outcome } from "../../../../framework/runs/ledger/journal";
import { fresh } from "../../../support/apps/fresh";

const day = 86_400_000;
const now = Date.now();

describe("a notification that a run left pending", () => {
  let folder: string;
  let file: typeof import("../../../../framework/runs/ledger/ledgerFile");
  let notices: typeof import("../../../../framework/runs/notices/pendingNotices");
  let incidents: typeof import("../../../../framework/runs/ledger/incidents");

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "laju-untold-"));
    await fresh({ LAJU_DATA: folder }, async () => {
      file = await import("../../../../framework/runs/ledger/ledgerFile");
      notices = await import("../../../../framework/runs/notices/pendingNotices");
      incidents = await import("../../../../framework/runs/ledger/incidents");
    });
  });
  afterEach(() => {
    file.closeLedger();
    rmSync(folder, { recursive: true });
  });

  /** A run that ended this many milliseconds ago, as its process records it. */
  const ended = (key: string, ago: number, outcome: Partial<Outcome>, retryOf?: string) => {
    const run = {
      key,
      name: "One",
      args: [],
      startedAt: now - ago - 10,
      attempt: retryOf ? 2 : 1,
      retryOf,
      log: null,
    };
    const start = { ...run, slot: null, hasLock: false, host: "elsewhere", pid: 7, process: null };
    const end = { key, exitStatus: 1, finishedAt: now - ago, ...outcome };
    const lines = [start, end].map((line) => `${JSON.stringify(line)}\n`);
    appendFileSync(join(folder, "runs.journal"), lines.join(""));
  };
  const failed = { state: "failed", untold: {} } as const;
  const succeeded = { state: "succeeded", exitStatus: 0 } as const;
  const texts = () => notices.processPendingNotices(undefined, now).map(({ text }) => text);

  test("is sent once, in the order of the ends", () => {
    ended("a", 3_000, failed);
    ended("b", 2_000, { ...succeeded, untold: {} });
    ended("c", 1_000, { state: "timed_out", untold: {} });
    expect(texts()).toEqual(["One failed with exit status 1", "One works again", "One timed out"]);
    expect(texts()).toEqual([]);
    expect(incidents.openIncidents()).toMatchObject([{ name: "One", reason: "timed out" }]);
  });

  test("of a failure within a closed incident is not sent again", () => {
    ended("a", 4_000, failed);
    ended("b", 3_000, { state: "failed" });
    ended("c", 2_000, { ...succeeded, untold: {} });
    expect(texts()).toEqual(["One failed with exit status 1", "One works again"]);
    file.ledger().exec("UPDATE runs SET untold = '{}' WHERE key = 'b'");
    expect(texts()).toEqual([]);
    // The clock was set back, so the order of arrival counts.
    ended("d", 3_500, failed);
    expect(texts()).toEqual(["One failed with exit status 1"]);
  });

  test("depends on the last attempt of that run", () => {
    ended("a", 5_000, { ...failed, untold: { isRetried: true } });
    ended("b", 4_000, { state: "failed", exitStatus: 9 }, "a");
    ended("c", 3_000, succeeded, "other");
    // The process of this run is on another host. Without a lock, nobody can tell whether it is alive.
    expect(texts()).toEqual([]);
    file.ledger().exec("UPDATE runs SET has_lock = 1");
    expect(texts()).toEqual(["One failed with exit status 9"]);
  });

  test("of a stopped hanging run counts from the moment it was reported as hanging", () => {
    const incident = { name: "One", reason: "has been running for 4h", runId: null };
    incidents.openIncident({ ...incident, kind: "hanging", openedAt: now - 60_000 });
    ended("a", 1_000, failed);
    expect(texts()).toEqual(["One failed with exit status 1"]);
    expect(incidents.openIncidents()).toMatchObject([{ kind: "failing", openedAt: now - 60_000 }]);
  });

  test("of a run at a terminal is only its ping", () => {
    ended("a", 1_000, { ...failed, untold: { isAtTerminal: true, ping: "http://127.0.0.1:9/x" } });
    expect(texts()).toEqual(["One fail"]);
    expect(incidents.openIncidents()).toEqual([]);
  });

  test("is dropped after a day, unless the command still fails", () => {
    ended("a", 2 * day, failed);
    ended("b", day, succeeded);
    expect(texts()).toEqual([]);
    ended("c", 2 * day, failed);
    expect(texts()).toEqual(["One failed with exit status 1"]);
  });

  test("reports only the current state if a damaged ledger was replaced", () => {
    ended("a", 3_000, failed);
    ended("b", 2_000, succeeded);
    ended("c", 1_000, { ...failed, exitStatus: 9 });
    writeFileSync(join(folder, "runs.sqlite3"), "no database at all".repeat(100));
    expect(texts()).toEqual(["One failed with exit status 9"]);
  });
});
