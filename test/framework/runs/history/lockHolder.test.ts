import { appendFileSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JournalStart } from "../../../../framework/runs/ledger/journal";
import { fresh } from "../../../support/apps/fresh";

describe("the holder of a command's lock is", () => {
  let folder: string;
  let journal: string;
  let file: typeof import("../../../../framework/runs/ledger/ledgerFile");
  let openRecord: typeof import("../../../../framework/runs/ledger/record").openRecord;
  let lockHolder: typeof import("../../../../framework/runs/history/lockHolder").lockHolder;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "laju-holder-"));
    journal = join(folder, "runs.journal");
    await fresh({ LAJU_DATA: folder }, async () => {
      file = await import("../../../../framework/runs/ledger/ledgerFile");
      ({ openRecord } = await import("../../../../framework/runs/ledger/record"));
      ({ lockHolder } = await import("../../../../framework/runs/history/lockHolder"));
    });
  });
  afterEach(() => {
    file.closeLedger();
    rmSync(folder, { recursive: true });
  });

  const begins = (key: string, more: Partial<JournalStart> = {}): JournalStart => ({
    ...{ key, name: "One", args: [], startedAt: 1_000, attempt: 1, log: null, slot: null, hasLock: true },
    ...{ host: "elsewhere", pid: 7, process: null, ...more },
  });
  const skipped = (key: string) => begins(key, { hasLock: false });
  const ends = (key: string) => ({ key, state: "succeeded", exitStatus: 0, finishedAt: 2_000 });
  const append = (...lines: object[]) =>
    appendFileSync(journal, lines.map((line) => `\n${JSON.stringify(line)}\n`).join(""));
  const held = (key: string) => ({ key, pid: 7, startedAt: 1_000 });

  test("the last run that took it, despite later skips", () => {
    append(begins("a"), ends("a"), begins("b"), skipped("c"), ends("c"), begins("d", { name: "Two" }));
    expect(lockHolder("One")).toEqual(held("b"));
    expect(lockHolder("Two")).toEqual(held("d"));
  });

  test("the same run for a second skipped start", () => {
    append(begins("a"), skipped("b"), { ...ends("b"), state: "skipped", holder: held("a") });
    expect(lockHolder("One")).toEqual(held("a"));
  });

  test("unknown until it is recorded, if the previous run ended or was killed", () => {
    append(begins("a"), skipped("b"), ends("a"));
    expect(lockHolder("One")).toBeUndefined();
    append(begins("c", { host: hostname(), process: "another-boot 4026531836 1" }));
    expect(lockHolder("One")).toBeUndefined();
  });

  test("not a run with a similar name, or with the name in its arguments", () => {
    append(
      begins("a"),
      begins("b", { name: "One more" }),
      begins("c", { name: "Two", args: ['"name":"One",'] }),
    );
    expect(lockHolder("One")).toEqual(held("a"));
  });

  test("found among truncated lines", () => {
    append(begins("a"));
    appendFileSync(journal, '\n{"key":"b","name":"One","ar\n{"key":"c","name":"One","hasLock":true');
    expect(lockHolder("One")).toEqual(held("a"));
  });

  test("found in the previous journal, and in the ledger if both are newer", () => {
    append(begins("a"));
    renameSync(journal, `${journal}.1`);
    append(begins("b", { name: "Two" }));
    expect(lockHolder("One")).toEqual(held("a"));
    expect(file.ledger().prepare("SELECT name FROM runs").all()).toHaveLength(2);
    rmSync(`${journal}.1`);
    expect(lockHolder("One")).toEqual(held("a"));
    expect(lockHolder("Three")).toBeUndefined();
  });

  test("found in the journal if a slot's row had to be in the ledger immediately", async () => {
    const { key, host, pid, process, ...run } = begins("a", { slot: 60_000 });
    expect(openRecord(run)).toMatchObject({ key: expect.any(String) });
    expect(openRecord(run)).toBe("slot taken");
    file.closeLedger();
    rmSync(join(folder, "runs.sqlite3"));
    expect(lockHolder("One")).toMatchObject({ startedAt: 1_000 });
  });
});
