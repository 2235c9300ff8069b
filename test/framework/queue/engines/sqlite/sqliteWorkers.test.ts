import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { QueueEngine } from "../../../../../framework/queue/engine";
import { openSqlite } from "../../../../../framework/services/database/sqliteDriver";
import { bundledProgram } from "../../../../support/apps/bundledProgram";
import { sqliteSetup } from "../../../../support/queue/sqliteSetup";
import { workerProcesses } from "../../../../support/queue/workerProcess";
import { until } from "../../../../support/servers/server";
import { newJob } from "../conformance";
import { workerConformance } from "../workerConformance";

const webProgram = join(import.meta.dirname, "..", "..", "..", "..", "support", "queue", "webProgram.ts");

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

  test("continues after another program held the lock for a long time, and loses nothing", async () => {
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

  test("does not block pushes: a web process never finds the database locked", async () => {
    const processes = [workers.start(), workers.start()];
    const drained = engine.push(Array.from({ length: 4000 }, () => newJob({ type: "Quick" })));
    const web = spawn(process.execPath, [bundledProgram(webProgram), "300"], {
      env: { PATH: process.env.PATH, LAJU_ROOT: setup.folder, ...setup.environment() },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [web.stdout, web.stderr]) stream.on("data", (text) => (output += text));
    await once(web, "close");
    expect(output).toBe("queued all\n");
    await drained;
    await until(async () => (await engine.counts()).byState.pending === 0);
    for (const { child } of processes) child.kill("SIGTERM");
    expect(await Promise.all(processes.map(({ end }) => end))).toEqual([0, 0]);
    for (const worker of processes) expect(worker.output()).not.toMatch(/"level":"(warn|error)"/);
    expect(workers.traces().length).toBe(new Set(workers.traces()).size);
  });

  test("exits with an error that says what to do if the tables are missing", async () => {
    const worker = workers.start();
    await until(async () => (await engine.holders()).length === 1);
    const database = openSqlite(file);
    database.exec("drop table jobs");
    database.close();
    expect(await worker.end).toBe(1);
    expect(worker.output()).toContain("the queue's tables do not exist (no such table: jobs)");
    expect(worker.output()).toContain("Run node laju migrate.");
  });
});
