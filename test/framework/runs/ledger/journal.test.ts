import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JournalEnd, JournalStart } from "../../../../framework/runs/ledger/journal";
import { importJournal, reachesLedger } from "../../../../framework/runs/ledger/journalReader";
import { openLedgerFile } from "../../../../framework/runs/ledger/ledgerTables";
import type { Database } from "../../../../framework/services/database/sqliteDriver";
import { undoTablesTo } from "../../../support/ledger";

let folder: string;
let journal: string;
let ledger: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "laju-journal-"));
  journal = join(folder, "runs.journal");
  ledger = openLedgerFile(join(folder, "runs.sqlite3"));
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true });
});

const start = (key: string, name = "One"): JournalStart => ({
  ...{ key, name, args: [], startedAt: 1_000, attempt: 1, log: null, slot: null, hasLock: false },
  ...{ host: "here", pid: 7, process: null },
});
const end = (key: string, state: JournalEnd["state"] = "succeeded"): JournalEnd => ({
  ...{ key, state, exitStatus: 0, finishedAt: 2_000 },
});
const append = (...lines: object[]) =>
  appendFileSync(journal, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
const rows = () => {
  importJournal(ledger, journal);
  const all = ledger.prepare("SELECT key, state FROM runs ORDER BY id").all() as Record<string, string>[];
  return all.map(({ key, state }) => `${key} ${state}`);
};

describe("the ledger imports", () => {
  test("appended lines, once each", () => {
    append(start("a"), start("b"), end("a"));
    expect(rows()).toEqual(["a succeeded", "b running"]);
    append(end("b", "failed"), start("c"));
    expect(rows()).toEqual(["a succeeded", "b failed", "c running"]);
    expect(rows()).toHaveLength(3);
  });

  test.each([
    ["a time", { startedAt: "x" }],
    ["a time that no Date can hold", { startedAt: 9e15 }],
    ["arguments", { args: {} }],
    ["an argument", { args: [["x"]] }],
    ["a process", { pid: -1 }],
    ["a place in the log", { log: { file: "/x.log", inode: 1, from: -5 } }],
    ["a log", { log: { file: 7, inode: 1, from: 0 } }],
    ["a name", { name: null }],
  ])("no start with an invalid %s", (_, forged) => {
    append({ ...start("a"), ...forged }, start("b"));
    expect(rows()).toEqual(["b running"]);
  });

  test.each([
    { state: "running" },
    { state: "x" },
    { exitStatus: "\u001b[31m" },
    { finishedAt: 1e300 },
    { logTo: -7 },
    { durationMs: "long" },
  ])("no end with %j", (forged) => {
    append(start("a"), { ...end("a"), ...forged });
    expect(rows()).toEqual(["a running"]);
  });

  test("a line still being written on the next read", () => {
    const line = `${JSON.stringify(start("a", "Ä"))}\n`;
    appendFileSync(journal, line.slice(0, 20));
    expect(rows()).toEqual([]);
    appendFileSync(journal, line.slice(20));
    expect(rows()).toEqual(["a running"]);
  });

  test("the lines around a damaged one", () => {
    append(start("a"));
    appendFileSync(journal, '{"key":"torn","na\n\0\0\0\n[1]\nnull\n');
    append(end("a"));
    expect(rows()).toEqual(["a succeeded"]);
  });

  test("all lines except one whose values fit no column", () => {
    append(start("a"), { ...end("a"), message: { not: "a text" } }, start("b"));
    expect(rows()).toEqual(["a running", "b running"]);
  });

  test("a replaced file from its start, and a copy from the last position", () => {
    append(start("a"), end("a"), start("b"));
    rows();
    writeFileSync(`${journal}.copy`, readFileSync(journal));
    rmSync(journal);
    append(start("c"));
    expect(rows()).toHaveLength(3);
    ledger.exec("DELETE FROM runs WHERE key = 'a'");
    renameSync(`${journal}.copy`, journal);
    append(start("d"));
    expect(rows()).toEqual(["b running", "c running", "d running"]);
  });

  test("the end of a run that was marked as lost, but no second end", () => {
    append(start("a"));
    rows();
    ledger.exec("UPDATE runs SET state = 'lost'");
    append(end("a", "timed_out"), end("a", "succeeded"));
    expect(rows()).toEqual(["a timed_out"]);
  });

  test("a journal of any length, put aside once it is long, with lines written to it later", () => {
    const keys = Array.from({ length: 3_000 }, (_, index) => `k${index}`);
    append(...keys.map((key) => start(key)));
    chmodSync(journal, 0o664);
    expect(rows()).toHaveLength(3_000);
    const { size, mode } = statSync(journal);
    expect([size, mode & 0o777]).toEqual([0, 0o664]);
    // A run may still have the journal open when it is rotated, and write its end to the rotated file.
    appendFileSync(`${journal}.1`, `${JSON.stringify(end("k0"))}\n`);
    append(start("new"));
    expect(rows().filter((row) => !row.endsWith("running"))).toEqual(["k0 succeeded"]);
    expect(rows().at(-1)).toBe("new running");
    append(...keys.map((key) => start(`${key}x`)), ...keys.map((key) => end(key)));
    expect(rows()).toHaveLength(6_001);
    expect(rows().filter((row) => row.endsWith("running"))).toHaveLength(3_001);
    expect(statSync(`${journal}.1`).size).toBeGreaterThan(256 * 1024);
  });

  test.each([
    [
      "a line of 70 kB",
      `${JSON.stringify({ ...start("big"), args: ["x".repeat(70_000)] })}\n`,
      ["big running"],
    ],
    [
      "a line of 3 MB",
      `${JSON.stringify({ ...start("big"), args: ["x".repeat(3_000_000)] })}\n`,
      ["big running"],
    ],
    ["zeros, as a power cut leaves them", "\0".repeat(100_000), []],
    ["zeros and line breaks", "\0\0\n\0\n".repeat(20_000), []],
    ["more zeros than any line is long", "\0".repeat(17 * 1024 * 1024), []],
    ["a cut-off line", '{"key":"cut","na', []],
    ["the bytes of another file", "PK\u0003\u0004\n\xff\xfe\n", []],
  ])("the lines after %s at the start of the journal", (_, head, found) => {
    writeFileSync(journal, head, "latin1");
    rows();
    appendFileSync(journal, "\n");
    append(start("a"));
    expect(rows()).toEqual([...found, "a running"]);
    append(end("a", "failed"), start("b"));
    expect(rows()).toEqual([...found, "a failed", "b running"]);
  });

  test.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 150)],
    ["cut short amid its first line", (bytes: Buffer) => bytes.subarray(0, 20)],
    ["emptied", () => Buffer.alloc(0)],
    ["filled with zeros at its end", (bytes: Buffer) => Buffer.from(bytes).fill(0, bytes.length - 200)],
    ["filled with zeros", (bytes: Buffer) => Buffer.alloc(bytes.length)],
  ])("the next failure in a journal left %s by a power cut", (_, damage) => {
    append(start("a"), end("a"), start("b"), end("b"));
    rows();
    writeFileSync(journal, damage(readFileSync(journal)));
    appendFileSync(journal, "\n");
    append(start("c"));
    append(end("c", "failed"));
    expect(rows()).toEqual(["a succeeded", "b succeeded", "c failed"]);
  });

  test("a test line, without storing anything", () => {
    append(start("a"));
    expect(reachesLedger(ledger, (line) => append(line), journal)).toBe(true);
    expect(reachesLedger(ledger, () => {}, journal)).toBe(false);
    expect(rows()).toEqual(["a running"]);
  });

  test("nothing within a transaction, and everything after it", () => {
    append(start("a"));
    const undone = ledger.transaction(() => {
      importJournal(ledger, journal);
      throw new Error("undone");
    });
    expect(undone).toThrow("undone");
    expect(rows()).toEqual(["a running"]);
  });

  test("the journal again after the ledger was lost", () => {
    append(start("a"), end("a"));
    rows();
    ledger.close();
    for (const ending of ["", "-wal", "-shm"]) rmSync(join(folder, `runs.sqlite3${ending}`), { force: true });
    ledger = openLedgerFile(join(folder, "runs.sqlite3"));
    expect(rows()).toEqual(["a succeeded"]);
  });

  test("nothing while another process writes, and everything afterward", async () => {
    append(start("a"));
    const other = openLedgerFile(join(folder, "runs.sqlite3"));
    other.exec("BEGIN IMMEDIATE");
    expect(rows()).toEqual([]);
    other.exec("COMMIT");
    other.close();
    await expect.poll(rows, { timeout: 5_000 }).toEqual(["a running"]);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7])("upgrades a ledger of version %i", (version) => {
  const file = join(folder, "old.sqlite3");
  const old = openLedgerFile(file);
  old.exec(undoTablesTo(version));
  old.close();
  writeFileSync(journal, `${JSON.stringify(start("a"))}\n`);
  const now = openLedgerFile(file);
  importJournal(now, journal);
  expect(now.prepare("SELECT name FROM runs").all()).toEqual([{ name: "One" }]);
  now.close();
});

test("imports into a ledger that a later release extended, without changing its tables", () => {
  const file = join(folder, "later.sqlite3");
  const later = openLedgerFile(file);
  const version = Number(later.pragma("user_version", { simple: true })) + 1;
  later.exec(`ALTER TABLE runs ADD COLUMN region TEXT NOT NULL DEFAULT 'eu'; CREATE TABLE regions (name TEXT);
    PRAGMA user_version = ${version}`);
  later.close();
  writeFileSync(journal, `${JSON.stringify(start("a"))}\n`);
  const now = openLedgerFile(file);
  importJournal(now, journal);
  expect(now.prepare("SELECT name, region FROM runs").all()).toEqual([{ name: "One", region: "eu" }]);
  expect(now.pragma("user_version", { simple: true })).toBe(version);
  now.close();
});

test("rejects a later release's ledger with other tables, and leaves it alone", () => {
  const file = join(folder, "other.sqlite3");
  const other = openLedgerFile(file);
  other.exec("DROP TABLE runs; PRAGMA user_version = 1000");
  other.close();
  expect(() => openLedgerFile(file)).toThrow("was written by a newer laju (version 1000 of its tables)");
});
