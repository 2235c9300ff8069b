import { execFileSync } from "node:child_process";
import { copyFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { QueueEngine } from "../../../../../framework/queue/engine";
import { openSqlite } from "../../../../../framework/services/database/sqliteDriver";
import { cpuOf } from "../../../../support/cpuOf";
import { sqliteQueue } from "../../../../support/queue/sqliteQueue";
import { sqliteSetup } from "../../../../support/queue/sqliteSetup";
import { workerProcesses } from "../../../../support/queue/workerProcess";
import { temporaryFolder, until } from "../../../../support/servers/server";
import { newJob } from "../conformance";

const canMount = process.getuid?.() === 0;

describe.skipIf(!canMount && process.env.CI !== "true")("a full disk (needs root, for a small one)", () => {
  const folder = temporaryFolder("full-disk");
  const filler = join(folder, "filler");
  const setup = sqliteSetup(folder);
  // The handlers write what they have done to another disk, which is not full.
  const traces = temporaryFolder("traces");
  const workers = workerProcesses(traces, setup.environment());
  let engine: QueueEngine;
  beforeAll(async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "none", folder]);
    await setup.start();
    engine = await setup.open();
  });
  afterAll(async () => {
    await workers.reset();
    await engine?.close();
    await setup.stop(() => execFileSync("umount", [folder]));
    rmSync(traces, { recursive: true });
  });

  test("a worker waits until there is space, says so once and loses nothing", async () => {
    const pushed = await engine.push([newJob({ type: "Gated" }), newJob({ type: "Gated" })]);
    const ids = pushed.map(({ id }) => id);
    const worker = workers.start();
    await until(() => workers.traces().filter((line) => line.endsWith("begun")).length === 2);
    fill(filler);
    workers.openGate();
    await until(() => worker.output().includes("The queue cannot be reached, retrying"));
    const before = cpuOf(worker.pid);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    // A busy loop would have used two seconds of CPU time.
    expect(cpuOf(worker.pid) - before).toBeLessThan(1);
    expect(worker.output().match(/cannot be reached/g)).toHaveLength(1);
    rmSync(filler);
    const stateOf = async (id: number) => (await engine.find(id))?.state;
    await until(async () => (await Promise.all(ids.map(stateOf))).every((state) => state === "completed"));
    expect(worker.child.exitCode).toBeNull();
  });
});

describe("a write-ahead log that other processes use", () => {
  const setup = sqliteSetup();
  const workers = workerProcesses(setup.folder, setup.environment());
  const file = setup.environment().DATABASE_URL?.slice("file:".length) as string;
  beforeAll(() => setup.start());
  afterEach(() => workers.reset());
  afterAll(() => setup.stop());

  test("hides no job when it is truncated by a checkpoint, or deleted and recreated", async () => {
    const worker = workers.start();
    const engine = await setup.open();
    await until(async () => (await engine.holders()).length === 1);
    for (let turn = 0; turn < 5; turn++) {
      const database = openSqlite(file);
      database.pragma("wal_checkpoint(TRUNCATE)");
      database.close();
      const [pushed] = await engine.push([newJob({ type: "Quick" })]);
      // The worker also polls every two seconds. It must find the job sooner.
      await until(() => workers.traces().includes(`Quick ${pushed?.id} 1 done`), { limit: 1900 });
    }
    worker.child.kill("SIGTERM");
    expect(await worker.end).toBe(0);
    await engine.close();
    // The last process that closes the file deletes its log.
    expect(() => statSync(`${file}-wal`)).toThrow("ENOENT");
    const other = workers.start();
    const again = await setup.open();
    await until(async () => (await again.holders()).length === 1);
    const [pushed] = await again.push([newJob({ type: "Quick" })]);
    await until(() => workers.traces().includes(`Quick ${pushed?.id} 1 done`), { limit: 1900 });
    other.child.kill("SIGTERM");
    expect(await other.end).toBe(0);
    await again.close();
  });
});

describe("a file that is deleted or replaced while it is open", () => {
  test.each([
    ["deleted", (file: string) => rmSync(file)],
    [
      "replaced",
      (file: string) => {
        copyFileSync(file, `${file}.new`);
        renameSync(`${file}.new`, file);
      },
    ],
  ])("%s: a worker exits with a message, and push throws", async (what, change) => {
    const setup = sqliteSetup();
    const file = setup.environment().DATABASE_URL?.slice("file:".length) as string;
    await setup.start();
    const workers = workerProcesses(setup.folder, setup.environment());
    const engine = await setup.open();
    const worker = workers.start();
    await until(async () => (await engine.holders()).length === 1);
    change(file);
    expect(await worker.end).toBe(1);
    expect(worker.output()).toContain(`the database ${file} was ${what} while it was open`);
    const refused = { code: "E_QUEUE_FILE" };
    await expect(engine.push([newJob()])).rejects.toMatchObject(refused);
    await expect(engine.replaceMatching(newJob({ userId: 1 }), 1000)).rejects.toMatchObject(refused);
    await engine.close();
    await setup.stop();
  });
});

describe("200,000 jobs of types without a handler", () => {
  const queue = sqliteQueue();

  test("are parked outside the index of ready jobs, and don't slow down claims", async () => {
    const { engine } = queue;
    for (let n = 0; n < 200; n++) {
      await engine.push(
        Array.from({ length: 1000 }, (_, index) => newJob({ type: `Gone${(n * 1000 + index) % 20_000}` })),
      );
    }
    const claim = { limit: 1, limits: new Map(), types: ["T"] };
    const claimOne = async () => {
      await engine.push([newJob()]);
      const before = performance.now();
      const { claimed } = await engine.exchange({ worker: "w", settle: [], progress: [], claim });
      expect(claimed).toHaveLength(1);
      return performance.now() - before;
    };
    const unparked = await medianOf(claimOne);
    for (const type of await engine.readyTypes()) while ((await engine.park(type, 0)) > 0);
    expect((await engine.counts()).byState).toMatchObject({ parked: 200_000, pending: 0 });
    // With 20,000 types, a claim takes 20,000 steps through the index.
    expect(await medianOf(claimOne)).toBeLessThan(unparked / 5);
    expect(await engine.unpark(["Gone7"])).toBe(10);
  });
});

async function medianOf(measure: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 9; n++) times.push(await measure());
  return times.sort((a, b) => a - b)[4] as number;
}

/** Fills the disk completely. */
function fill(path: string): void {
  for (const size of [65_536, 4096, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      expect(error.code).toBe("ENOSPC");
    }
  }
}
