import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * A program to measure: its arguments (no shell is used), and the file to which its output is appended, as under cron.
 */
export interface Program {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  log: string;
}

/** What one process cost: wall and CPU time in milliseconds, and peak memory in MiB. */
export interface Cost {
  wall: number;
  cpu: number;
  memory: number;
  /** Page faults. Unlike times, they hardly depend on what else the machine is doing. */
  faults: number;
  status: number;
}

/** Starts programs and measures them, one at a time. */
export interface Probe {
  run(program: Program): Promise<Cost>;
  stop(): void;
}

/**
 * Starts programs with Python, whose standard library has wait4(2), which reports a process's cost. Node has no such
 * call.
 */
export function startProbe(): Probe {
  const child = spawn("python3", [join(import.meta.dirname, "probe.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = failureOf(child);
  return {
    async run(program) {
      child.stdin.write(`${JSON.stringify(program)}\n`);
      const { value } = await Promise.race([lines.next(), failed]);
      return JSON.parse(value as string) as Cost;
    },
    stop: () => child.stdin.end(),
  };
}

async function failureOf(child: ChildProcess): Promise<never> {
  const [reason] = await Promise.race([once(child, "error"), once(child, "exit")]);
  throw new Error(`measuring needs python3, which did not work: ${reason}`);
}

/**
 * The environment in which cron starts a command, without this terminal's variables. NODE_EXTRA_CA_CERTS, for example,
 * makes Node 20 read a certificate bundle at each start (57 ms instead of 20), which would distort every ratio.
 */
export function cronEnvironment(): Record<string, string> {
  const { PATH = "/usr/bin:/bin", HOME = "/", LOGNAME = "root" } = process.env;
  return { PATH, HOME, LOGNAME, SHELL: "/bin/sh" };
}
