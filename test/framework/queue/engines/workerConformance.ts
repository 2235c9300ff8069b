import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { NewJob, QueueEngine } from "../../../../framework/queue/engine";
import { bundledProgram } from "../../../support/apps/bundledProgram";
import { type WorkerProcesses, workerProcesses } from "../../../support/queue/workerProcess";
import { until } from "../../../support/servers/server";
import { type EngineSetup, newJob } from "./conformance";
import { migrationConformance, openTransaction } from "./migrationConformance";

export interface WorkerSetup extends EngineSetup {
  /** The processes' settings. */
  environment(): Record<string, string>;
  folder: string;
}

/** Tests of real worker processes on every engine, at reduced size. */
export function workerConformance(setup: WorkerSetup): void {
  describe(`workers on ${setup.name}`, () => {
    let engine: QueueEngine;
    let workers: WorkerProcesses;
    beforeAll(async () => {
      await setup.start();
      engine = await setup.open();
      workers = workerProcesses(setup.folder, setup.environment());
    });
    beforeEach(() => setup.clear());
    afterEach(() => workers.reset());
    afterAll(async () => {
      await engine?.close();
      await setup.stop();
    });

    async function push(type: string, count = 1, more: Partial<NewJob> = {}): Promise<number[]> {
      const jobs = Array.from({ length: count }, () => newJob({ type, ...more }));
      return (await engine.push(jobs)).map(({ id }) => id);
    }

    const state = async (id: number) => (await engine.find(id))?.state;
    const count = async (wanted: "completed" | "failed" | "processing" | "pending") =>
      (await engine.counts()).byState[wanted];

    async function traced(line: string, limit = 20_000): Promise<void> {
      await until(() => workers.traces().includes(line), { limit, what: `the trace "${line}"` });
    }

    test("several processes run every job exactly once", async () => {
      await push("Quick", 3000);
      const processes = Array.from({ length: 4 }, () => workers.start({ once: true }));
      expect(await Promise.all(processes.map(({ end }) => end))).toEqual([0, 0, 0, 0]);
      expect(workers.traces().sort()).toHaveLength(3000);
      expect(new Set(workers.traces()).size).toBe(3000);
      expect(await count("completed")).toBe(3000);
      expect((await engine.list({ limit: 3000 })).every(({ attempts }) => attempts === 1)).toBe(true);
    });

    test("another worker immediately starts a killed worker's jobs, and each is done once", async () => {
      const [id] = (await push("Gated")) as [number];
      const doomed = workers.start();
      await traced(`Gated ${id} 1 begun`);
      workers.start();
      await until(async () => (await engine.holders()).length === 2);
      doomed.child.kill("SIGKILL");
      // The goal is two seconds, but a busy machine may need more.
      await traced(`Gated ${id} 2 begun`, 6000);
      workers.openGate();
      await until(async () => (await state(id)) === "completed");
      expect(await engine.find(id)).toMatchObject({ attempts: 2 });
      expect(workers.traces()).toEqual(
        [1, 2].map((n) => `Gated ${id} ${n} begun`).concat(`Gated ${id} 2 done`),
      );
    });

    test("a job that kills its worker fails after its attempts, and the others continue", async () => {
      const [poison] = (await push("Poison")) as [number];
      for (let n = 0; n < 2; n++) expect(await workers.start().end).toBe("SIGKILL");
      const [quick] = (await push("Quick")) as [number];
      workers.start();
      await until(async () => (await state(poison)) === "failed" && (await state(quick)) === "completed");
      expect(workers.traces().filter((line) => line.startsWith("Poison"))).toEqual([
        `Poison ${poison} 1 begun`,
        `Poison ${poison} 2 begun`,
      ]);
      expect((await engine.find(poison))?.error).toMatch(/its worker died \(pid \d+ on /);
    });

    test("killing workers at any moment loses no result, splits no batch and repeats no completed job", async () => {
      const cron = { expression: "0 0 1 1 *", timezone: "UTC" };
      const jobs = Array.from({ length: 250 }, (_, n) => newJob({ type: "Counted", userId: n, cron }));
      const ids = (await engine.push(jobs)).map(({ id }) => id);
      const over = new Map<number, number>();
      const completed = async () => {
        const known = await engine.list({ limit: 1000 });
        const ended = known.filter(({ state }) => state === "completed");
        for (const { id, result } of ended) expect(result).toBe(id);
        const before = known.map(({ rescheduledFromJob }) => rescheduledFromJob).filter((id) => id !== null);
        expect(before.sort()).toEqual(ended.map(({ id }) => id).sort());
        return ended.map(({ id }) => id);
      };
      for (let n = 0; n < 4; n++) {
        const seen = workers.traces().length;
        const worker = workers.start({ concurrency: 20 });
        await until(() => workers.traces().length > seen);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
        worker.child.kill("SIGKILL");
        await worker.end;
        const lines = workers.traces().length;
        for (const id of await completed()) if (!over.has(id)) over.set(id, lines);
        if (over.size === ids.length) break;
      }
      workers.start();
      await until(async () => (await count("completed")) === ids.length);
      expect((await completed()).sort()).toEqual(ids.sort());
      const lines = workers.traces().map((line) => Number(line.split(" ")[1]));
      for (const [id, at] of over) expect(lines.lastIndexOf(id)).toBeLessThan(at);
    });

    test("jobs claimed together with a job that kills its workers lose no attempt, and complete", async () => {
      const [poison] = (await push("Poison")) as [number];
      const others = await push("Fragile", 8);
      for (let n = 0; n < 2; n++) expect(await workers.start().end).toBe("SIGKILL");
      workers.openGate();
      while ((await state(poison)) !== "failed") {
        const worker = workers.start();
        await until(async () => worker.child.signalCode !== null || (await state(poison)) === "failed");
      }
      await until(async () => (await count("completed")) === others.length);
      // The job kills its worker four times: twice while other jobs run, and twice while it runs alone.
      expect(workers.traces().filter((line) => line.startsWith("Poison"))).toHaveLength(4);
      expect(await engine.find(poison)).toMatchObject({ attempts: 2 });
      for (const id of others) expect(await engine.find(id)).toMatchObject({ attempts: 1 });
    });

    test("on SIGTERM, running jobs finish, claimed ones are returned, and the exit status is 0", async () => {
      const ids = await push("Gated", 12);
      const worker = workers.start({ concurrency: 3 });
      await until(() => workers.traces().length === 3);
      worker.child.kill("SIGTERM");
      // Before the worker receives the signal, it can hold three jobs, because it has not claimed the next one yet.
      await until(() => worker.output().includes("Worker stopping"));
      await until(async () => (await count("processing")) === 3);
      workers.openGate();
      expect(await worker.end).toBe(0);
      expect(await count("completed")).toBe(3);
      expect(await count("pending")).toBe(9);
      expect(
        (await engine.list({ states: ["pending"], limit: 20 })).every(({ attempts }) => attempts === 0),
      ).toBe(true);
      expect(workers.traces()).toHaveLength(6);
      expect(ids).toHaveLength(12);
      expect(await engine.holders()).toEqual([]);
    });

    test("a second signal aborts running jobs and returns them", async () => {
      const [id] = (await push("Gated")) as [number];
      const worker = workers.start();
      await traced(`Gated ${id} 1 begun`);
      worker.child.kill("SIGINT");
      await until(() => worker.output().includes("Worker stopping"));
      worker.child.kill("SIGINT");
      expect(await worker.end).toBe(0);
      expect(await engine.find(id)).toMatchObject({ state: "pending", attempts: 0 });
    });

    test("a stopping worker waits for a running job only as long as --patience allows", async () => {
      const [id] = (await push("Gated")) as [number];
      const worker = workers.start({ patienceMs: 200 });
      await traced(`Gated ${id} 1 begun`);
      worker.child.kill("SIGTERM");
      expect(await worker.end).toBe(0);
      expect(await state(id)).toBe("pending");
    });

    test("a worker stopped for longer than its lease loses its jobs, and changes nothing when it continues", async () => {
      const [id] = (await push("Gated")) as [number];
      const stopped = workers.start({ leaseMs: 1500 });
      await traced(`Gated ${id} 1 begun`);
      stopped.child.kill("SIGSTOP");
      workers.start({ leaseMs: 1500 });
      await traced(`Gated ${id} 2 begun`);
      workers.openGate();
      await until(async () => (await state(id)) === "completed");
      const kept = (await engine.find(id))?.result;
      stopped.child.kill("SIGCONT");
      await until(() => /Lost the lease|canceled or taken over/.test(stopped.output()));
      expect(await engine.find(id)).toMatchObject({ state: "completed", attempts: 2, result: kept });
      expect(kept).not.toBe(stopped.pid);
    });

    test("a worker that is busy for longer than its lease keeps its job", async () => {
      const [id] = (await push("Blocking")) as [number];
      workers.start({ leaseMs: 1000 });
      workers.start({ leaseMs: 1000 });
      await until(async () => (await state(id)) === "completed");
      expect(workers.traces()).toEqual([`Blocking ${id} 1 begun`, `Blocking ${id} 1 done`]);
    });

    test("a type's limit applies across all processes, and blocks no other type", async () => {
      await push("Limited", 40);
      await push("Quick", 40);
      const processes = Array.from({ length: 3 }, () => workers.start({ once: false }));
      await until(async () => (await count("completed")) === 80);
      for (const { child } of processes) child.kill("SIGTERM");
      await Promise.all(processes.map(({ end }) => end));
      let running = 0;
      let most = 0;
      for (const line of workers.traces().filter((text) => text.startsWith("Limited"))) {
        running += line.endsWith("begun") ? 1 : -1;
        most = Math.max(most, running);
      }
      expect(most).toBe(3);
      const lines = workers.traces();
      expect(lines.findLastIndex((line) => line.startsWith("Quick"))).toBeLessThan(lines.length - 40);
    });

    test("faulty handlers affect only their own jobs", async () => {
      const types = ["Endless", "Late", "Undefined", "Stray", "Circular", "Failing", "Missing", "Quick"];
      const ids = Object.fromEntries(
        await Promise.all(types.map(async (type) => [type, (await push(type))[0]])),
      );
      const [unreadable] = (await push("Quick", 1, { data: "{" })) as [number];
      const worker = workers.start();
      await until(async () => (await count("completed")) + (await count("failed")) === 7);
      const found = async (type: string) => engine.find(ids[type]);
      expect(await found("Endless")).toMatchObject({
        state: "failed",
        error: expect.stringContaining("timed out after 0.1 s"),
      });
      const late = ids.Late as number;
      // The job has timed out, but counts as running until its handler returns.
      expect(await state(late)).toBe("processing");
      workers.openGate();
      await traced(`Late ${late} 1 done`);
      expect(await found("Undefined")).toMatchObject({ state: "failed", error: "threw undefined" });
      expect(await found("Stray")).toMatchObject({ state: "completed" });
      expect(await found("Circular")).toMatchObject({
        state: "completed",
        result: null,
        error: expect.stringContaining("result.circle.self cannot be stored: it contains itself"),
      });
      expect(await found("Failing")).toMatchObject({
        state: "failed",
        attempts: 3,
        error: expect.stringContaining("rain"),
      });
      expect(await found("Missing")).toMatchObject({ state: "pending", attempts: 0, error: null });
      expect(await found("Quick")).toMatchObject({ state: "completed" });
      expect(await state(unreadable)).toBe("failed");
      expect(worker.output()).toContain("Unhandled rejection in a job's handler");
      // The handler's result came after the timeout and is ignored.
      const [after] = (await push("Quick")) as [number];
      await until(async () => (await state(after)) === "completed");
      await until(async () => (await state(late)) === "failed");
      expect(await engine.find(late)).toMatchObject({ attempts: 1, result: null });
      expect(worker.child.exitCode).toBeNull();
    });

    test("a canceled running job is aborted, and its result is ignored", async () => {
      const [id] = (await push("Gated")) as [number];
      const worker = workers.start();
      await traced(`Gated ${id} 1 begun`);
      expect(await engine.cancel([id])).toEqual([id]);
      await until(() => worker.output().includes("canceled or taken over"));
      workers.openGate();
      const [quick] = (await push("Quick")) as [number];
      await until(async () => (await state(quick)) === "completed");
      expect(await state(id)).toBe("cancelled");
      expect(workers.traces()).not.toContain(`Gated ${id} 1 done`);
    });

    const { database } = setup;
    if (database === undefined) return;
    test("several processes with the documented custom loop run every job once", async () => {
      const program = join(setup.folder, "OwnLoop.ts");
      const docs = readFileSync(
        join(import.meta.dirname, "..", "..", "..", "..", "docs", "reference", "queue.md"),
        "utf8",
      );
      const [, loop] = /```ts\n(\/\/ commands\/OwnLoop\.ts\n[\s\S]*?)^```$/m.exec(docs) ?? [];
      const services = join(import.meta.dirname, "..", "..", "..", "..", "framework", "services", "DB");
      writeFileSync(program, (loop as string).replace("../app/services/DB", services));
      await push("own", 300, { data: '"done"' });
      const { PATH } = process.env;
      const env = { PATH, LAJU_ROOT: setup.folder, ...setup.environment() };
      const ends = Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, [bundledProgram(program)], {
          env,
          stdio: ["ignore", "pipe", "inherit"],
        });
        let output = "";
        child.stdout.on("data", (text) => (output += text));
        const [status] = await once(child, "close");
        return { status, done: output.split("\n").filter((line) => line === "own done").length };
      });
      const ended = await Promise.all(ends);
      expect(ended.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
      expect(ended.reduce((sum, { done }) => sum + done, 0)).toBe(300);
      expect((await engine.counts()).byState).toMatchObject({ completed: 300, pending: 0, processing: 0 });
    });

    const workplace = { engine: () => engine, workers: () => workers, database };
    migrationConformance(setup, workplace);
    openTransaction(setup, workplace);
  });
}
