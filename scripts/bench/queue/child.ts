import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cronEnvironment } from "../support/probe";
import type { Task } from "./program";

/** A measured process, with the lines that it has printed so far. */
export interface Fact {
  count: number;
  wallMs: number;
  cpuMs: number;
  p50: number;
  p99: number;
  max: number;
  late: number;
  memory: number;
  begun: number;
  working: boolean;
}

export interface Child {
  process: ChildProcess;
  /** Resolves with the first line of JSON that has this key. */
  told(key: keyof Fact): Promise<Fact>;
  /** Rejects if the process fails, with its last output. */
  end: Promise<Fact | undefined>;
}

const program = join(import.meta.dirname, "program.ts");

export function start(task: Task): Child {
  const place = task.url.startsWith("redis:")
    ? { QUEUE_ENGINE: "bullmq", REDIS_URL: task.url }
    : { DATABASE_URL: task.url };
  const child = spawn(process.execPath, ["--import", "tsx", program, JSON.stringify(task)], {
    env: { ...cronEnvironment(), ...place, LAJU_ROOT: tmpdir(), NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (text) => (errors += text));
  const facts: Fact[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith("{")) return;
    facts.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  const end = once(child, "close").then(([status, signal]) => {
    if (status !== 0 && signal === null)
      throw new Error(`${task.adapter} ${task.mode}: ${errors.slice(-1500)}`);
    return facts.at(-1);
  });
  end.catch(() => {});
  return {
    process: child,
    end,
    told(key) {
      const seen = new Promise<Fact>((resolve) => {
        const look = () => {
          const fact = facts.find((one) => one[key] !== undefined);
          if (fact !== undefined) resolve(fact);
        };
        waiting.add(look);
        look();
      });
      return Promise.race([seen, end.then(() => Promise.reject(new Error("it exited before that")))]);
    },
  };
}
