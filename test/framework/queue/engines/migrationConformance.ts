import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Knex } from "knex";
import { afterEach, expect, test } from "vitest";
import type { QueueEngine } from "../../../../framework/queue/engine";
import { bundledProgram } from "../../../support/apps/bundledProgram";
import type { WorkerProcesses } from "../../../support/queue/workerProcess";
import { until } from "../../../support/servers/server";
import { newJob } from "./conformance";
import type { WorkerSetup } from "./workerConformance";

interface Workplace {
  database(): Knex;
  engine(): QueueEngine;
  workers(): WorkerProcesses;
}

const program = join(import.meta.dirname, "..", "..", "..", "support", "queue", "migrationProgram.ts");

/** Tests for every database that migrations and the queue don't disturb each other. */
export function migrationConformance(
  { folder, environment }: WorkerSetup,
  { engine, workers, database }: Workplace,
): void {
  const [begun, gate] = [join(folder, "migrating"), join(folder, "migrate")];
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
    for (const file of [begun, gate]) rmSync(file, { force: true });
  });

  function migrate(history: string) {
    const options = JSON.stringify({ history, begun, gate });
    const child = spawn(process.execPath, [bundledProgram(program), options], {
      env: { PATH: process.env.PATH, LAJU_ROOT: folder, ...environment() },
      stdio: ["ignore", "pipe", "pipe"],
    });
    started.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    return { child, output: () => output, end: once(child, "close").then(() => output) };
  }
  const hasStarted = () => until(() => existsSync(begun), { what: "the migration's beginning" });

  test("if several processes migrate at once, one runs the migrations and the others wait", async () => {
    const all = Array.from({ length: 3 }, () => migrate("together"));
    const waiting = () => all.filter(({ output }) => output().includes("Waiting for another process"));
    await until(() => waiting().length === 2, { what: "two that wait" });
    await hasStarted();
    writeFileSync(gate, "");
    const ends = await Promise.all(all.map(({ end }) => end));
    expect(ends.map((output) => output.split("\n").at(-2)).sort()).toEqual(["ran 0", "ran 0", "ran 1"]);
  });

  test("a killed migration continues next time", async () => {
    const first = migrate("killed");
    await hasStarted();
    first.child.kill("SIGKILL");
    await first.end;
    writeFileSync(gate, "");
    expect(await migrate("killed").end).toMatch(/The previous migration was interrupted.*\nran 1\n$/);
    expect(await migrate("killed").end).toBe("ran 0\n");
  });

  test("workers continue while migrations change their tables", async () => {
    let pushed = 0;
    let isOver = false;
    for (let n = 0; n < 2; n++) workers().start();
    const push = async () => {
      for (; !isOver; pushed += 20) {
        await engine().push(Array.from({ length: 20 }, () => newJob({ type: "Quick" })));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const pushing = push();
    for (const change of [() => {}, ...changes(database())]) {
      await change();
      const before = workers().traces().length;
      await until(() => workers().traces().length > before + 40, { what: "jobs being done" });
    }
    isOver = true;
    await pushing;
    await until(async () => (await engine().counts()).byState.completed === pushed);
    expect(new Set(workers().traces()).size).toBe(pushed);
    expect(workers().traces()).toHaveLength(pushed);
  });
}

/** The operations that an open transaction must not block. */
export function openTransaction({ name }: WorkerSetup, { engine, workers, database }: Workplace): void {
  test("workers continue while another transaction is open, which doesn't see their changes", async () => {
    // Use REPEATABLE READ, because PostgreSQL's default isolation level takes a new snapshot for each statement.
    const config = name === "PostgreSQL" ? { isolationLevel: "repeatable read" as const } : {};
    const held = await database().transaction(undefined, config);
    try {
      const seen = () => held("jobs").count({ count: "*" }).first();
      const before = await seen();
      await engine().push(Array.from({ length: 1500 }, () => newJob({ type: "Quick" })));
      const ends = [1, 2].map(() => workers().start({ once: true }).end);
      expect(await Promise.all(ends)).toEqual([0, 0]);
      expect(await seen()).toEqual(before);
    } finally {
      await held.rollback();
    }
    expect((await engine().counts()).byState).toMatchObject({ completed: 1500, pending: 0, processing: 0 });
    expect(new Set(workers().traces()).size).toBe(1500);
    expect(workers().traces()).toHaveLength(1500);
  });
}

/** Changes the tables as an app's migrations or a later release of laju might, and undoes the changes. */
function changes(database: Knex): (() => PromiseLike<unknown>)[] {
  const alter = (name: string, change: (table: Knex.AlterTableBuilder) => unknown) => () =>
    database.schema.alterTable(name, (table) => void change(table));
  return [
    alter("jobs", (table) => table.string("team").defaultTo("none")),
    alter("jobs", (table) => table.index(["team"], "jobs_team")),
    alter("jobs", (table) => table.bigInteger("user_id").alter()),
    alter("queue_workers", (table) => table.string("note")),
    () => database.schema.createTable("unrelated", (table) => void table.increments()),
    () => database.schema.dropTable("unrelated"),
    alter("queue_workers", (table) => table.dropColumn("note")),
    alter("jobs", (table) => table.integer("user_id").alter()),
    alter("jobs", (table) => table.dropIndex(["team"], "jobs_team")),
    alter("jobs", (table) => table.dropColumn("team")),
  ];
}
