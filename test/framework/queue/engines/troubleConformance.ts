import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Holder, NewJob, QueueEngine } from "../../../../framework/queue/engine";
import { isOutage } from "../../../../framework/queue/outage";
import { bundledProgram } from "../../../support/apps/bundledProgram";
import { cpuOf } from "../../../support/cpuOf";
import { type WorkerProcesses, workerProcesses } from "../../../support/queue/workerProcess";
import { everything, startProxy } from "../../../support/servers/proxy";
import { type CrashingServer, until } from "../../../support/servers/server";
import { blameAll, newJob } from "./conformance";
import type { WorkerSetup } from "./workerConformance";

export interface TroubleSetup extends WorkerSetup {
  server(): CrashingServer;
  /** An engine that reaches the server at another address, such as a proxy's. */
  openAt(url: string): QueueEngine;
  /** Makes the server refuse the workers' writes, or accept them again. */
  refuseWrites(isRefusing: boolean): Promise<unknown>;
}

/** What the tests of a single engine's problems get as arguments. */
export interface Trouble {
  engine(): QueueEngine;
  workers(): WorkerProcesses;
  push(type: string, more?: Partial<NewJob>): Promise<number>;
  state(id: number): Promise<string | undefined>;
  traced(line: string, limit?: number): Promise<void>;
  /** What to close after the test, in reverse order. */
  open: (() => unknown)[];
}

const stranger = join(import.meta.dirname, "..", "..", "..", "support", "queue", "strangerProgram.ts");

/** Tests the problems that every engine on a server must survive. `more` adds tests of a single engine. */
export function troubleConformance(setup: TroubleSetup, more: (trouble: Trouble) => void = () => {}): void {
  describe(`the queue on ${setup.name} in trouble`, () => {
    let engine: QueueEngine;
    let workers: WorkerProcesses;
    const open: (() => unknown)[] = [];
    beforeAll(async () => {
      await setup.start();
      engine = await setup.open();
      workers = workerProcesses(setup.folder, setup.environment());
    });
    beforeEach(() => setup.clear());
    afterEach(async () => {
      await workers.reset();
      for (const close of open.splice(0).reverse()) await close();
    });
    afterAll(async () => {
      await engine?.close();
      await setup.stop();
    });

    async function push(type: string, given: Partial<NewJob> = {}): Promise<number> {
      const [pushed] = await engine.push([newJob({ type, ...given })]);
      return pushed?.id as number;
    }
    const state = async (id: number) => (await engine.find(id))?.state;
    const traced = (line: string, limit = 20_000) =>
      until(() => workers.traces().includes(line), { limit, what: `the trace "${line}"` });

    test("a worker survives a server crash, and records the jobs that ended meanwhile", async () => {
      const server = setup.server();
      const id = await push("Gated");
      const worker = workers.start();
      await traced(`Gated ${id} 1 begun`);
      await server.crash();
      workers.openGate();
      await traced(`Gated ${id} 1 done`);
      await pause(3000);
      await server.again();
      await until(async () => (await state(id).catch(() => "unknown")) === "completed");
      expect(await engine.find(id)).toMatchObject({ attempts: 1, result: worker.pid });
      const quick = await push("Quick");
      // The goal is two seconds, but a busy machine may need more.
      await traced(`Quick ${quick} 1 done`, 5000);
      await until(() => worker.output().includes("The queue can be reached again"));
      expect(worker.output()).not.toContain("canceled or taken over");
      expect(worker.child.exitCode).toBeNull();
    });

    test("a worker that starts while the server is down waits for it; with --once it exits with status 1", async () => {
      const server = setup.server();
      await server.crash();
      const [patient, stopped] = [workers.start(), workers.start()];
      const once = workers.start({ once: true });
      expect(await once.end).toBe(1);
      for (const worker of [patient, stopped])
        await until(() => worker.output().includes("The queue cannot be reached, retrying"));
      stopped.child.kill("SIGTERM");
      expect(await stopped.end).toBe(0);
      await server.again();
      const id = await push("Quick");
      await traced(`Quick ${id} 1 done`);
      expect(patient.output()).toContain("The queue can be reached again");
      expect(patient.output().match(/cannot be reached/g)).toHaveLength(1);
      expect(await engine.holders()).toMatchObject([{ pid: patient.pid }]);
    });

    test("a worker waits without using much CPU time for a server that accepts no writes, and records the jobs that ended meanwhile", async () => {
      const ids = [await push("Gated"), await push("Gated")];
      const worker = workers.start();
      for (const id of ids) await traced(`Gated ${id} 1 begun`);
      await setup.refuseWrites(true);
      workers.openGate();
      await until(() => worker.output().includes("The queue cannot be reached, retrying"));
      const before = cpuOf(worker.pid);
      await pause(2000);
      // A busy loop would have used two seconds of CPU time.
      expect(cpuOf(worker.pid) - before).toBeLessThanOrEqual(1);
      expect(worker.output().match(/cannot be reached/g)).toHaveLength(1);
      await setup.refuseWrites(false);
      await until(async () => (await Promise.all(ids.map(state))).every((each) => each === "completed"));
      for (const id of ids) expect(await engine.find(id)).toMatchObject({ attempts: 1, result: worker.pid });
      expect(worker.child.exitCode).toBeNull();
    });

    test("a worker notices a connection that died silently, and does not lose the claim sent on it", async () => {
      const proxy = await startProxy(setup.server().url, everything);
      open.push(() => proxy.close());
      const far = setup.openAt(proxy.url);
      open.push(() => far.close());
      await far.register({ id: "far", host: "far", pid: 1, identity: null, concurrency: 1, leaseMs: 60_000 });
      const beat = () => far.heartbeat({ worker: "far", leaseMs: 60_000 });
      let wakes = 0;
      const watch = await far.watch(() => wakes++);
      open.push(() => watch.close());
      const claiming = { worker: "far", settle: [], progress: [], claim: { limit: 5, limits: new Map() } };
      expect((await far.exchange(claiming)).claimed).toEqual([]);
      // Let several connections die. The engine sends a heartbeat on the next one only after giving up on the previous one.
      await Promise.all([beat(), beat(), far.holders()]);
      proxy.swallow();
      wakes = 0;
      const id = await push("Gated");
      const silences = [far.exchange(claiming), beat()].map((asked) =>
        expect(asked).rejects.toSatisfy(isOutage),
      );
      await Promise.all(silences);
      expect(wakes).toBeGreaterThan(0);
      // The worker's lease would expire before it gives up on a second request.
      expect(await beat()).toEqual({ isKnown: true, held: [] });
      const { claimed } = await far.exchange(claiming);
      expect(claimed.map((job) => job.id)).toEqual([id]);
    });

    test.each(["+10m", "-10m"])(
      "a worker whose clock is %s off runs jobs when they are due, and cron jobs once",
      async (skew) => {
        const environment = { ...setup.environment(), FAKETIME: skew, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
        const library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
        const skewed = workerProcesses(setup.folder, { ...environment, LD_PRELOAD: library });
        open.push(() => skewed.reset());
        const soon = await push("Quick", { when: { in: 1500 } });
        const late = await push("Quick", { when: { in: 300_000 } });
        // A time that won't arrive while this test runs.
        const minute = (new Date().getUTCMinutes() + 3) % 5;
        const cron = { expression: `${minute}-59/5 * * * *`, timezone: "UTC" };
        const repeated = await push("Quick", { cron, when: { at: Date.now() } });
        const worker = skewed.start();
        const areDone = async () =>
          (await state(soon)) === "completed" && (await state(repeated)) === "completed";
        await until(areDone);
        expect(await state(late)).toBe("scheduled");
        const [started] = worker.output().match(/\d{4}-\d\d-\d\dT[\d:.]+Z/) ?? [];
        expect(Math.abs(Date.parse(started ?? "") - Date.now())).toBeGreaterThan(500_000);
        const jobs = await engine.list({ limit: 10 });
        const [next, ...others] = jobs.filter((job) => job.rescheduledFromJob !== null);
        expect(others).toEqual([]);
        expect(next?.due).toBeGreaterThan(Date.now() - 60_000);
        expect(next?.due).toBeLessThan(Date.now() + 301_000);
        const finishedAt = (await engine.find(soon))?.finishedAt ?? 0;
        expect(Math.abs(finishedAt - Date.now())).toBeLessThan(60_000);
      },
    );

    async function findsTheKilled(): Promise<void> {
      const id = await push("Gated");
      const child = spawn(process.execPath, [bundledProgram(stranger), setup.server().url], {
        env: { ...process.env, LAJU_ROOT: setup.folder },
        stdio: ["ignore", "pipe", "inherit"],
      });
      open.push(() => child.kill("SIGKILL"));
      const [said] = await once(child.stdout, "data");
      expect(String(said)).toBe("holds 1\n");
      const find = async () => (await engine.holders()).find((holder) => holder.id === "stranger") as Holder;
      // The worker may be busy: its lease has expired, but it is connected.
      await until(async () => ((await find()).lease?.until ?? 0) < Date.now() - 300);
      for (let n = 0; n < 10; n++) expect((await find()).lease?.isOver).toBe(false);
      child.kill("SIGKILL");
      await once(child, "exit");
      await until(async () => (await find()).lease?.isOver === true, { limit: 5000 });
      expect((await engine.takeOver(await find(), "heir", blameAll)).map((job) => job.id)).toEqual([id]);
    }
    test("a killed worker on another host is detected by its connection", findsTheKilled);

    /** Freezes a worker and cuts its connections. It continues within its lease, after others have done its jobs. */
    async function startsNothingOfOthers(): Promise<void> {
      const proxy = await startProxy(setup.environment().DATABASE_URL as string, everything);
      open.push(() => proxy.close());
      const frozen = workerProcesses(setup.folder, { DATABASE_URL: proxy.url });
      open.push(() => frozen.reset());
      // A worker that has found many short jobs claims ahead.
      for (let n = 0; n < 300; n++) await push("Quick");
      const gated = await push("Gated");
      for (let n = 0; n < 5; n++) await push("Quick");
      const first = frozen.start({ concurrency: 1 }, "host1");
      await traced(`Gated ${gated} 1 begun`);
      first.child.kill("SIGSTOP");
      proxy.cut();
      expect((await engine.counts()).byState.processing).toBeGreaterThan(1);
      workers.openGate();
      workers.start({}, "host2");
      await until(async () => (await engine.counts()).byState.completed === 306);
      const traces = workers.traces();
      first.child.kill("SIGCONT");
      await pause(500);
      // The job that it was running may end, but its result is ignored.
      expect(workers.traces().slice(traces.length)).toEqual([`Gated ${gated} 1 done`]);
    }
    if (setup.database !== undefined)
      test.skipIf(process.getuid?.() !== 0)(
        "a worker that was frozen and disconnected starts no jobs that others have done",
        startsNothingOfOthers,
      );

    more({ engine: () => engine, workers: () => workers, push, state, traced, open });
  });
}
