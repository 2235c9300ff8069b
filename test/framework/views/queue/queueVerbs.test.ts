import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Database, openSqlite } from "../../../../framework/services/database/sqliteDriver";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { fixture } from "../../../support/apps/fixture";

const ansi = "\u001b[";

describe("the queue's verbs", () => {
  let app: TestApp;
  let database: Database;

  beforeAll(async () => {
    app = makeApp({
      "commands/Worker.ts": fixture("commands/Worker.ts"),
      "app/jobs/SendInvoice.ts": "export async function run() {}",
      "app/jobs/Nightly.ts": "export async function run() {}",
    });
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    expect(await app.laju("migrate")).toMatchObject({ status: 0 });
    database = openSqlite(join(app.root, "data", "dev.sqlite3"));
  });
  afterAll(() => {
    database?.close();
    app?.remove();
  });
  beforeEach(() => {
    for (const table of ["jobs", "queue_workers", "queue_pauses"]) database.exec(`delete from ${table}`);
  });

  const insert = (job: Record<string, unknown>) => {
    const row = { type: "SendInvoice", data: '{"id":7}', status: "pending", created_at: Date.now(), ...job };
    const names = Object.keys(row);
    const sql = `insert into jobs (${names.join(", ")}) values (${names.map((name) => `@${name}`).join(", ")})`;
    return Number(database.prepare(sql).run(row).lastInsertRowid);
  };
  const failed = (job: Record<string, unknown> = {}) =>
    insert({
      status: "failed",
      attempts: 3,
      error: "Error: card declined\n    at pay",
      completed_at: Date.now() - 60_000,
      ...job,
    });
  const states = () => Object.fromEntries(database.prepare("select id, status from jobs").raw().all() as []);
  const json = async (...args: string[]) => JSON.parse((await app.laju(...args, "--json")).stdout);

  test("queue:status counts by type and lists the workers", async () => {
    insert({});
    insert({ sort_order: -5 });
    failed();
    insert({ type: "Nightly", status: "scheduled", due: Date.now() + 3_600_000 });
    const { stdout, stderr, status } = await app.laju("queue:status");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toBe(`
  type         scheduled  ready  failed
  Nightly              1      0       0
  SendInvoice          0      2       1

  No worker. node laju queue:work starts one here.
`);
    expect(await json("queue:status")).toMatchObject({
      total: { pending: 2, failed: 1, scheduled: 1, processing: 0 },
      types: [
        { type: "Nightly", scheduled: 1 },
        { type: "SendInvoice", pending: 2 },
      ],
      workers: [],
      paused: [],
    });
  });

  test("queue:list shows the newest first, filtered, in 80 columns and without color", async () => {
    const first = failed({ user_id: 3, error: `Error: ${"long ".repeat(40)}` });
    const second = insert({ status: "completed", result: '{"sent":true}', completed_at: Date.now() - 5000 });
    const third = insert({ type: "Nightly", status: "scheduled", due: Date.now() + 7_230_000 });
    const { stdout } = await app.laju("queue:list");
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toMatch(new RegExp(`^○ ${third} +Nightly +scheduled +due in 2h$`));
    expect(lines[1]).toMatch(
      new RegExp(`^  ✓ ${second} +SendInvoice +completed +\\d+s ago +\\{"sent":true\\}$`),
    );
    expect(lines[2]).toMatch(
      new RegExp(`^  ✗ ${first} +SendInvoice +failed +1m( 0\\ds)? ago +attempt 3 +Error: long .*…$`),
    );
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(stdout).not.toContain(ansi);
    const ids = async (...args: string[]) =>
      (await json("queue:list", ...args)).map(({ id }: { id: number }) => id);
    expect(await ids("--state", "failed,completed", "--limit", "1")).toEqual([second]);
    expect(await ids("--type", "SendInvoice", "--user", "3")).toEqual([first]);
  });

  test("queue:show shows one job in full", async () => {
    const id = failed({ user_id: 3, unique_key: null, started_at: Date.now() - 62_000 });
    const { stdout } = await app.laju("queue:show", String(id));
    expect(stdout).toMatch(
      new RegExp(
        `^✗ SendInvoice  job ${id}\n  state {8}failed, attempt 3\n  user {9}3\n  data {9}\\{"id":7\\}\n  created [^]*` +
          "\n  duration {5}2s\n  error {8}Error: card declined\n {19}at pay\n$",
      ),
    );
    expect(await json("queue:show", String(id))).toMatchObject({ id, type: "SendInvoice", data: { id: 7 } });
  });

  test("queue:retry and queue:cancel change what they can, and report the rest", async () => {
    const [a, b, c] = [failed(), failed(), insert({})];
    expect(await app.laju("queue:retry", String(a))).toMatchObject({
      stdout: `✓ Queued again 1 job: ${a}\n`,
      status: 0,
    });
    expect(await app.laju("queue:cancel", String(c), String(b))).toMatchObject({
      stdout: `✓ Canceled 1 job: ${c}\n`,
      stderr: `✗ job ${b} is failed\n  Only unfinished jobs can be canceled.\n`,
      status: 1,
    });
    expect(states()).toEqual({ [a]: "pending", [b]: "failed", [c]: "cancelled" });
    expect(await app.laju("queue:retry", String(a), String(b), "999999")).toMatchObject({
      stdout: "",
      stderr: "✗ there is no job 999999\n  node laju queue:list lists the jobs.\n",
      status: 2,
    });
    expect(states()[b]).toBe("failed");
    expect(await json("queue:retry", "all")).toEqual([b]);
    expect(await app.laju("queue:retry", "all")).toMatchObject({
      stdout: "○ Queued again no jobs\n",
      status: 0,
    });
  });

  test("queue:pause and queue:resume work for single types and for all", async () => {
    expect(await app.laju("queue:pause", "Nightly")).toMatchObject({
      stdout: "↷ Nightly paused\n",
      status: 0,
    });
    expect(await json("queue:pause")).toEqual(["*", "Nightly"]);
    expect((await app.laju("queue:resume", "Nightly")).stderr).toContain(
      "✗ all jobs are paused, so these stay paused",
    );
    expect(await app.laju("queue:resume")).toMatchObject({ stdout: "✓ All jobs resumed\n", status: 0 });
    expect(await app.laju("queue:resume")).toMatchObject({ stdout: "Nothing was paused.\n", status: 0 });
  });

  test("queue:prune deletes old finished jobs behind any number of kept ones", async () => {
    const old = Date.now() - 10 * 86_400_000;
    const kept = Array.from({ length: 1200 }, () => insert({ created_at: old }));
    for (let count = 0; count < 700; count++) failed({ created_at: old, completed_at: old });
    const young = failed({ created_at: old });
    expect((await app.laju("queue:prune", "--older-than", "11d")).stdout).toMatch(
      /^Deleted 0 jobs that ended before \d{4}-\d\d-\d\d \d\d:\d\d UTC, or whose removeDelay has passed\n$/,
    );
    expect(await json("queue:prune", "--older-than", "9d")).toEqual({ deleted: 700 });
    expect(Object.keys(states()).map(Number)).toEqual([...kept, young]);
  });

  test.each([
    [["queue:list", "--state", "fialed"], '✗ "fialed" is not a job state\n  Did you mean failed?\n'],
    [
      ["queue:list", "--type", "SendInvoise"],
      '✗ there is no job type "SendInvoise"\n  Did you mean SendInvoice?\n',
    ],
    [
      ["queue:pause", "Sales"],
      '✗ there is no job type "Sales"\n  node laju queue:status lists the job types.\n',
    ],
    [["queue:show", "x"], '✗ "x" is not a job id\n'],
    [["queue:list", "--limit", "0"], "✗ --limit 0 is not a whole number from 1 up\n"],
    [["queue:retry"], "✗ queue:retry needs <id…|all>\n"],
  ])("%j is a usage error", async (args, message) => {
    const { status, stdout, stderr } = await app.laju(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("status and doctor show the queue, and --check what needs attention", async () => {
    const queueOf = async () => (await json("doctor")).find(({ name }: { name: string }) => name === "queue");
    expect(await queueOf()).toMatchObject({ state: "fine", message: "nothing to do" });
    insert({});
    failed();
    const { stdout, status } = await app.laju("status", "--check");
    expect(stdout).toContain("queue: 1 ready, 1 failed, no worker\n");
    expect(status).toBe(1);
    const { queue, needsPerson } = await json("status");
    expect(queue.total).toMatchObject({ pending: 1, failed: 1 });
    expect(needsPerson).toEqual(
      expect.arrayContaining(["1 job has failed", "1 job is ready, but no worker is running"]),
    );
    expect(await queueOf()).toMatchObject({
      state: "bad",
      message: "1 job has failed; 1 job is ready, but no worker is running",
    });
  });

  test("an unreadable queue with handlers needs attention in status", async () => {
    const answer = await app.run(["laju", "status", "--json"], {
      env: { DATABASE_URL: "file:data/none.sqlite3" },
    });
    const { queue, queueProblem, needsPerson } = JSON.parse(answer.stdout);
    expect({ queue, queueProblem }).toEqual({
      queue: null,
      queueProblem: expect.stringContaining("the queue's tables do not exist"),
    });
    expect(needsPerson).toContain(`the queue cannot be read: ${queueProblem}`);
    const { stdout } = await app.run(["laju", "status"], { env: { DATABASE_URL: "file:data/none.sqlite3" } });
    expect(stdout).toContain(`✗ The queue cannot be read: ${queueProblem}\n  Run node laju migrate.\n`);
    expect(stdout.split(queueProblem)).toHaveLength(2);
  });

  test("without the table, verbs say so; status and doctor of an app without jobs say nothing", async () => {
    const bare = makeApp({ "commands/X.ts": "process.exit(0);" });
    try {
      const missing = await bare.laju("queue:list");
      expect(missing).toMatchObject({ status: 1, stdout: "" });
      expect(missing.stderr).toMatch(
        /^✗ the queue's tables do not exist \(no file .*\)\n {2}Run node laju migrate\.\n$/,
      );
      expect(existsSync(join(bare.root, "data", "dev.sqlite3"))).toBe(false);
      expect(JSON.parse((await bare.laju("status", "--json")).stdout).queue).toBe(null);
      openSqlite(join(bare.root, "data", "dev.sqlite3")).close();
      expect((await bare.laju("queue:status")).stderr).toContain(
        "the queue's tables do not exist (no such table: jobs)",
      );
      const rows = JSON.parse((await bare.laju("doctor", "--json")).stdout);
      expect(rows).toContainEqual({ name: "queue", state: "fine", message: "not used" });
    } finally {
      bare.remove();
      rmSync(bare.root, { recursive: true, force: true });
    }
  });
});
