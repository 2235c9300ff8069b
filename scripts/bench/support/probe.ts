import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A program as it is measured: whole words, no shell. Its output is appended to `log`, as cron has it. */
export interface Program {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  log: string;
}

/** What one process cost: milliseconds on the clock and on the processors, and its peak memory in MiB. */
export interface Cost {
  wall: number;
  cpu: number;
  memory: number;
  /** Pages that it touched for the first time: what it costs, told without noise. */
  faults: number;
  status: number;
}

/** Starts programs and measures them, one at a time. */
export interface Probe {
  run(program: Program): Promise<Cost>;
  stop(): void;
}

/** Python's standard library has wait4(2), Node's has not. */
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
 * What cron gives a command, and nothing of this terminal's: NODE_EXTRA_CA_CERTS alone makes Node 20 read a bundle
 * of certificates at each start (57 ms instead of 20) and would flatter every ratio.
 */
export function cronEnvironment(): Record<string, string> {
  const { PATH = "/usr/bin:/bin", HOME = "/", LOGNAME = "root" } = process.env;
  return { PATH, HOME, LOGNAME, SHELL: "/bin/sh" };
}
