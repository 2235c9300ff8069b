import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundledProgram } from "../apps/bundledProgram";

const program = join(import.meta.dirname, "workerProgram.ts");

/** Real worker processes on one queue, and the file to which their handlers write: the trace. */
export interface WorkerProcesses {
  /** Starts a worker. `host` is the host name that it sees, which only root can set. */
  start(options?: object, host?: string): WorkerProcess;
  /** The trace: lines "type id attempt word", in the order in which they were written. */
  traces(): string[];
  /** Lets jobs of the type Gated finish. */
  openGate(): void;
  /** Kills every worker, deletes the trace, and closes the gate. */
  reset(): Promise<void>;
}

export interface WorkerProcess {
  child: ChildProcess;
  pid: number;
  output(): string;
  /** The worker's exit status, or the signal that killed it. */
  end: Promise<number | NodeJS.Signals | null>;
}

export function workerProcesses(folder: string, environment: Record<string, string>): WorkerProcesses {
  const trace = join(folder, "trace");
  const gate = join(folder, "gate");
  const started: WorkerProcess[] = [];
  return {
    start(more = {}, host) {
      const options = { concurrency: 5, patienceMs: 20_000, once: false, trace, gate, ...more };
      const { PATH, HOME } = process.env;
      const elsewhere = ["unshare", "--uts", "sh", "-c", `hostname ${host} && exec "$@"`, "sh"];
      const [first = "", ...words] = [...(host === undefined ? [] : elsewhere), process.execPath];
      const child = spawn(first, [...words, bundledProgram(program), JSON.stringify(options)], {
        env: { PATH, HOME, TZ: "UTC", LAJU_ROOT: folder, ...environment },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
      const end = once(child, "close").then(([status, signal]) => signal ?? status);
      const worker = { child, pid: child.pid as number, output: () => output, end };
      started.push(worker);
      return worker;
    },
    traces: () => (existsSync(trace) ? readFileSync(trace, "utf8").trimEnd().split("\n") : []),
    openGate: () => writeFileSync(gate, ""),
    async reset() {
      for (const { child } of started) child.kill("SIGKILL");
      await Promise.all(started.map(({ end }) => end));
      started.length = 0;
      for (const file of [trace, gate]) rmSync(file, { force: true });
    },
  };
}
