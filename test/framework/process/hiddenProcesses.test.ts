import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { processIdentity } from "../../../framework/process/thisProcess";
import type { QueueEngine } from "../../../framework/queue/engine";
import { bundledProgram } from "../../support/apps/bundledProgram";
import { hiddenProc } from "../../support/hiddenProc";
import { sqliteSetup } from "../../support/queue/sqliteSetup";
import { temporaryFolder } from "../../support/servers/server";
import { newJob } from "../queue/engines/conformance";

const canMount = process.getuid?.() === 0;

describe.skipIf(!canMount && process.env.CI !== "true")("if processes are hidden (needs root)", () => {
  const folder = temporaryFolder("hidden");
  const program = join(folder, "life.mjs");
  beforeAll(() => {
    // The program runs as another user there, so its file must be readable for everyone.
    chmodSync(folder, 0o755);
    copyFileSync(bundledProgram(join(import.meta.dirname, "..", "..", "support", "lifeProgram.ts")), program);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /**
   * What the program says about four processes: this one, an earlier one with the same pid, one that has exited, and
   * one from before a reboot.
   */
  async function seenFrom(way: string[]): Promise<string[]> {
    const ended = spawn("true");
    await once(ended, "exit");
    const here = processIdentity(process.pid) as string;
    const [boot, space] = here.split(" ");
    const asked = [
      [process.pid, here],
      [process.pid, `${boot} ${space} 1`],
      [ended.pid, `${boot} ${space} 1`],
      [process.pid, `another-boot ${space} 1`],
    ];
    return runIn(way, [program, JSON.stringify(asked)])
      .trimEnd()
      .split("\n");
  }

  test("a visible process is alive", async () => {
    expect(await seenFrom([])).toEqual(["alive false", "gone true", "gone true", "gone false"]);
  });

  test("a process hidden in /proc does not count as gone, but one that has exited does", async () => {
    expect(await seenFrom(hiddenProc.ofOthers)).toEqual([
      "unknown false",
      "unknown false",
      "gone true",
      "gone false",
    ]);
  });

  test("without /proc everything is unknown, and nothing crashes", async () => {
    expect(await seenFrom(hiddenProc.gone)).toEqual(Array(4).fill("unknown false"));
  });

  test("a worker without /proc processes its jobs and leaves those of another living worker alone", async () => {
    const setup = sqliteSetup(folder);
    await setup.start();
    const engine = await setup.open();
    try {
      await claimAsNeighbor(engine);
      const [mine] = await engine.push([newJob({ type: "Quick" })]);
      const worker = bundledProgram(
        join(import.meta.dirname, "..", "..", "support", "queue", "workerProgram.ts"),
      );
      const options = {
        concurrency: 5,
        patienceMs: 20_000,
        once: true,
        trace: join(folder, "trace"),
        gate: "",
      };
      runIn(hiddenProc.gone, [worker, JSON.stringify(options)], {
        LAJU_ROOT: folder,
        ...setup.environment(),
      });
      expect((await engine.find(mine?.id ?? 0))?.state).toBe("completed");
      expect((await engine.counts()).byState.processing).toBe(1);
    } finally {
      await engine.close();
      await setup.stop();
    }
  });

  async function claimAsNeighbor(engine: QueueEngine): Promise<void> {
    const { pid } = process;
    const who = { id: "neighbor", host: hostname(), pid, identity: processIdentity(pid) };
    await engine.register({ ...who, concurrency: 1, leaseMs: 60_000 });
    await engine.push([newJob({ type: "Quick" })]);
    const claim = { limit: 1, limits: new Map() };
    await engine.exchange({ worker: "neighbor", settle: [], progress: [], claim });
  }
});

/** Runs a Node program with a restricted view of /proc, and returns its output. */
function runIn(way: string[], args: string[], more: Record<string, string> = {}): string {
  const [program = process.execPath, ...before] = [...way, process.execPath];
  const given = way.length === 0 ? args : [...before, ...args];
  return execFileSync(program, given, { encoding: "utf8", env: { ...process.env, ...more }, stdio: "pipe" });
}
