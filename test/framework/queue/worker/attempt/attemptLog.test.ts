import { mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AttemptLog } from "../../../../../framework/queue/worker/attempt/attemptLog";

const day = 86_400_000;
const job = { id: 1, attempt: 1, createdAt: 5 };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "laju-attempts-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function opened(worker: string): AttemptLog {
  const log = new AttemptLog(folder);
  log.open(worker);
  return log;
}

const hasStarted = (worker: string) => new AttemptLog(folder).hasStarted(worker, job);
const left = () => readdirSync(folder).sort();

test("keeps the log of an idle worker for weeks, but removes the log of a worker that is gone", () => {
  const living = opened("living");
  opened("forgotten");
  const before = new Date(Date.now() - 8 * day);
  for (const name of left()) utimesSync(join(folder, name), before, before);
  living.touch();
  opened("next");
  expect(left()).toEqual(["living.begun", "next.begun"]);
  expect(hasStarted("living")).toBe(false);
});

test("a dead worker's log is kept for a while, because a late claim may still give that worker a job", () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  opened("dead").note(job);
  const evicted = opened("evicted");
  new AttemptLog(folder).retire("dead");
  evicted.open("under a new id");
  vi.setSystemTime(Date.now() + 9 * 60_000);
  opened("second");
  expect(["dead", "evicted"].map(hasStarted)).toEqual([true, false]);
  vi.setSystemTime(Date.now() + 2 * 60_000);
  opened("third");
  expect(left()).toEqual(["second.begun", "third.begun", "under a new id.begun"]);
});

test("a worker without jobs leaves no log", () => {
  opened("w").remove();
  expect(left()).toEqual([]);
});
