import { cpSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fresh } from "../../../support/apps/fresh";

const folder = mkdtempSync(join(tmpdir(), "laju-ledger-"));
const file = join(folder, "runs.sqlite3");
let ledger: typeof import("../../../../framework/runs/ledger/ledgerFile").ledger;
let countRuns: typeof import("../../../../framework/dashboard/programs/runCounts").countRuns;

beforeAll(() =>
  fresh({ LAJU_DATA: folder }, async () => {
    ({ ledger } = await import("../../../../framework/runs/ledger/ledgerFile"));
    ({ countRuns } = await import("../../../../framework/dashboard/programs/runCounts"));
  }),
);
afterAll(() => {
  ledger().close();
  rmSync(folder, { recursive: true, force: true });
});

const add = (name: string) =>
  ledger().exec(
    `INSERT INTO runs (name, host, pid, args, started_at, finished_at, state, exit_status, attempt, has_lock)
     VALUES ('${name}', 'h', 1, '[]', 1, 2, 'succeeded', 0, 1, 0)`,
  );
const names = () => ledger().prepare("SELECT name FROM runs ORDER BY id").pluck().all();

test("a long-running process notices that the ledger's file was restored or deleted", () => {
  add("A");
  ledger().pragma("wal_checkpoint(TRUNCATE)");
  cpSync(file, `${file}.backup`);
  add("B");
  expect([names(), countRuns().map(({ name }) => name)]).toEqual([
    ["A", "B"],
    ["A", "B"],
  ]);

  for (const ending of ["-wal", "-shm"]) rmSync(file + ending, { force: true });
  renameSync(`${file}.backup`, file);
  expect([names(), countRuns().map(({ name }) => name)]).toEqual([["A"], ["A"]]);

  for (const ending of ["", "-wal", "-shm"]) rmSync(file + ending, { force: true });
  add("C");
  expect([names(), countRuns().map(({ name }) => name)]).toEqual([["C"], ["C"]]);
});
