import { type ChildProcess, spawn } from "node:child_process";
import type { TestApp } from "./apps/app";

/** A line in the log of schedule:work. */
export interface WorkLine {
  timestamp: string;
  level: string;
  message: string;
  command?: string;
  [field: string]: unknown;
}

/** `node laju schedule:work` in a separate process. */
export interface ScheduleWorker {
  process: ChildProcess;
  pid: number;
  /** The log lines so far, from both streams. */
  lines(): WorkLine[];
  /** Output that is not a log line, such as that of commands with --stdout. */
  text(): string;
  /** Waits until a condition holds, at most this many milliseconds. */
  until(isMet: () => boolean, limit?: number): Promise<void>;
  ended: Promise<{ status: number | null; signal: NodeJS.Signals | null }>;
}

export function startScheduleWorker(
  app: TestApp,
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): ScheduleWorker {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ["laju", "schedule:work", ...args], {
    cwd: app.root,
    env: { PATH, HOME, LANG: "C.UTF-8", TZ: "UTC", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const ended = new Promise<{ status: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status, signal }));
  });
  const isLog = (line: string) => line.startsWith('{"timestamp"') && line.endsWith("}");
  return {
    process: child,
    pid: child.pid as number,
    lines: () =>
      output
        .split("\n")
        .filter(isLog)
        .map((line) => JSON.parse(line)),
    text: () =>
      output
        .split("\n")
        .filter((line) => !isLog(line))
        .join("\n"),
    async until(isMet, limit = 20_000) {
      for (const giveUpAt = Date.now() + limit; !isMet(); ) {
        if (Date.now() > giveUpAt)
          throw new Error(`condition not met within ${limit} ms; its output:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    ended,
  };
}
