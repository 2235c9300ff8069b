import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fresh } from "../../../support/apps/fresh";

const day = 86_400_000;
const count = 20_000;
const bad = 4_000;

/** 20,000 runs of ten commands over ninety days. The last ones are skipped starts of a hanging run. */
describe("a large ledger", () => {
  const folder = mkdtempSync(join(tmpdir(), "laju-ledger-"));
  const now = Date.now();
  let ledger: typeof import("../../../../framework/runs/ledger/ledgerFile");
  let runs: typeof import("../../../../framework/runs/history/findRuns");
  let histories: typeof import("../../../../framework/runs/history/runHistory");
  let prune: typeof import("../../../../framework/runs/ledger/prune");

  beforeAll(async () => {
    const load = async () => {
      ledger = await import("../../../../framework/runs/ledger/ledgerFile");
      runs = await import("../../../../framework/runs/history/findRuns");
      histories = await import("../../../../framework/runs/history/runHistory");
      prune = await import("../../../../framework/runs/ledger/prune");
    };
    await fresh({ LAJU_DATA: folder }, load);
    const insert = ledger.ledger().prepare(
      `INSERT INTO runs (name, host, pid, args, started_at, finished_at, state, exit_status, attempt, has_lock)
       VALUES (?, 'elsewhere', 1, '[]', ?, ?, ?, 0, 1, 0)`,
    );
    ledger.ledger().transaction(() => {
      for (let index = 0; index < count; index += 1) {
        const at = now - Math.round((90 * day * (count - index)) / count);
        insert.run(`C${index % 10}`, at, at + 1_000, index % bad === 7 ? "failed" : "succeeded");
      }
      insert.run("Hangs", now - 2 * day, null, "running");
      for (let index = 0; index < 2_000; index += 1) insert.run("Hangs", now - day + index, now, "skipped");
    })();
  });
  afterAll(() => {
    ledger.ledger().close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The SQL of a call, with its plan. */
  function plansOf(call: () => unknown): string[] {
    const database = ledger.ledger();
    const sent: string[] = [];
    const prepare = database.prepare.bind(database);
    database.prepare = ((sql: string) => {
      sent.push(sql);
      return prepare(sql);
    }) as typeof database.prepare;
    try {
      call();
    } finally {
      database.prepare = prepare as typeof database.prepare;
    }
    const explain = (sql: string) => prepare(`EXPLAIN QUERY PLAN ${sql}`);
    return sent
      .filter((sql) => /^\s*SELECT/.test(sql) && sql.includes("FROM runs"))
      .flatMap((sql) => {
        const statement = explain(sql);
        const named = sql.match(/@\w+/g)?.map((word) => [word.slice(1), 0]);
        const values = named ? [Object.fromEntries(named)] : (sql.match(/\?/g) ?? []).map(() => 0);
        return (statement.all(...values) as { detail: string }[]).map(({ detail }) => detail);
      });
  }

  const reads: [string, () => unknown][] = [
    ["runs", () => runs.listRuns({})],
    ["runs NAME", () => runs.listRuns({ name: "C1" })],
    ["runs --failed", () => runs.listRuns({ failed: true })],
    ["runs NAME --failed", () => runs.listRuns({ failed: true, name: "C1" })],
    ["runs --since", () => runs.listRuns({ since: now - day })],
    ["runs NAME --since", () => runs.listRuns({ since: now - day, name: "C1" })],
    ["status", () => histories.runHistories(["C1", "Hangs", "Never"])],
  ];

  test.each(reads)("%s uses an index and needs no sorting", (_, read) => {
    const plans = plansOf(read);
    expect(plans.length).toBeGreaterThan(0);
    // A query for the newest runs of all commands reads the table itself backwards, and stops when it has enough.
    const isBounded = (plan: string) => /^SEARCH |USING (COVERING )?INDEX|^SCAN runs$|SUBQUERY/.test(plan);
    expect(plans.filter((plan) => !isBounded(plan))).toEqual([]);
    expect(plans.join()).not.toContain("TEMP B-TREE");
  });

  test("--since finds exactly the runs of that period", () => {
    const since = now - day;
    const found = runs.listRuns({ since, name: "C3", limit: 1_000_000 });
    const all = runs.listRuns({ name: "C3", limit: 1_000_000 }).filter((run) => run.startedAt >= since);
    expect(found.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(found.length).toBeGreaterThan(10);
  });

  test("finds a hanging run behind all its skipped starts", () => {
    const history = histories.runHistories(["Hangs"]).get("Hangs");
    expect(history).toMatchObject({ skipped: 2_000, last: { state: "running" }, lastEnded: null });
  });

  test("pruning keeps recent runs, active runs, and the newest of each command", () => {
    const left = () =>
      ledger
        .ledger()
        .prepare("SELECT count(*) AS count FROM runs WHERE started_at < ?")
        .get(now - 30 * day);
    const old = left() as { count: number };
    expect(prune.pruneRuns(now - 30 * day, undefined, 5)).toBe(old.count);
    expect(left()).toEqual({ count: 0 });
    prune.pruneRuns(now + day, undefined, 5);
    const rows = ledger
      .ledger()
      .prepare("SELECT name, count(*) AS count FROM runs GROUP BY name ORDER BY name")
      .all() as { name: string; count: number }[];
    expect(rows).toHaveLength(11);
    expect(rows.filter(({ name, count }) => count !== (name === "Hangs" ? 6 : 5))).toEqual([]);
    expect(histories.runHistories(["Hangs"]).get("Hangs")?.running).not.toBeNull();
  });
});
