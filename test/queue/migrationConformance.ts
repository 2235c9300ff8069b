import type { Knex } from "knex";
import { expect, test } from "vitest";
import type { QueueEngine } from "../../app/queue/engine";
import type { WorkerProcesses } from "../support/queue/workerProcess";
import { until } from "../support/server";
import { newJob } from "./conformance";

interface Workplace {
  database(): Knex;
  engine(): QueueEngine;
  workers(): WorkerProcesses;
}

/** What migrations and the queue have to do beside each other, on every database. */
export function migrationConformance({ engine, workers, database }: Workplace): void {
  test("workers go on while migrations change their tables", async () => {
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

/** As an app's migrations, or those of a later laju, may change them; and back again. */
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
