import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { QueueEngine } from "../../app/queue/engine";
import { openSqlite } from "../../app/services/sqliteDriver";
import { sqliteSetup } from "../support/queue/sqliteSetup";
import { workerProcesses } from "../support/queue/workerProcess";
import { until } from "../support/server";
import { newJob } from "./conformance";
import { workerConformance } from "./workerConformance";

workerConformance(sqliteSetup());

describe("a worker whose SQLite file fails", () => {
  const setup = sqliteSetup();
  const workers = workerProcesses(setup.folder, setup.environment());
  const file = setup.environment().DATABASE_URL?.slice("file:".length) as string;
  let engine: QueueEngine;
  beforeAll(async () => {
    await setup.start();
    engine = await setup.open();
  });
  afterAll(async () => {
    await workers.reset();
    await engine?.close();
    await setup.stop();
  });

  test("goes on when another program had the lock for long, and loses nothing", async () => {
    const worker = workers.start();
    await until(async () => (await engine.holders()).length === 1);
    const database = openSqlite(file);
    database.exec("begin immediate; update queue_workers set lease_until = lease_until");
    const pushed = engine.push([newJob({ type: "Quick" })]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    database.exec("commit");
    database.close();
    const [job] = await pushed;
    await until(async () => (await engine.find(job?.id as number))?.state === "completed");
    expect(worker.output()).not.toMatch(/failed|cannot be reached/);
    worker.child.kill("SIGTERM");
    expect(await worker.end).toBe(0);
  });

  test("ends with an error that says what to do when the tables are not there", async () => {
    const worker = workers.start();
    await until(async () => (await engine.holders()).length === 1);
    const database = openSqlite(file);
    database.exec("drop table jobs");
    database.close();
    expect(await worker.end).toBe(1);
    expect(worker.output()).toContain("the queue's tables are not there (no such table: jobs)");
    expect(worker.output()).toContain("Run node laju migrate.");
  });
});
