import { AsyncLocalStorage } from "node:async_hooks";
import type { CaughtMail } from "./caughtMail";

/** A logged line with its fields: `{ level: "info", message: "Digest sent", count: 12 }`. */
export interface LogLine {
  level: string;
  message: string;
  [field: string]: unknown;
}

/** The log lines, output and mails of the code under test. */
export interface Captured {
  /** The mails that the code sent, rendered. */
  mails: CaughtMail[];
  /** The lines that the code logged. */
  logs: LogLine[];
  /** Everything that the code wrote to standard output, including log lines. */
  stdout: string;
  stderr: string;
}

/** The captured output of one run, and the function to call when it calls process.exit. */
export interface Capture extends Captured {
  onExit(status: number): void;
  /** Whether the run has ended. Output from anything that it left running is then ignored. */
  isOver: boolean;
}

const storage = new AsyncLocalStorage<Capture>();

/**
 * Runs `work`, and captures the output and mails of everything that it does or starts, even if other captures overlap.
 */
export function capturing<T>(capture: Capture, work: () => T): T {
  return storage.run(capture, work);
}

/** The current capture, for code called within `capturing`. */
export function currentCapture(): Capture | undefined {
  return storage.getStore();
}

export function newCapture(onExit: Capture["onExit"] = () => {}): Capture {
  return { mails: [], logs: [], stdout: "", stderr: "", onExit, isOver: false };
}

/** The output captured so far. */
export function capturedBy({ mails, logs, stdout, stderr }: Capture): Captured {
  return { mails, logs, stdout, stderr };
}

/** Records output, and parses the log lines in it. */
export function noteOutput(capture: Capture, stream: 1 | 2, text: string): void {
  if (capture.isOver) return;
  if (stream === 1) capture.stdout += text;
  else capture.stderr += text;
  capture.logs.push(...text.split("\n").flatMap(logLine));
}

/** In tests, log lines are JSON. */
function logLine(text: string): LogLine[] {
  if (!text.startsWith('{"timestamp":')) return [];
  try {
    const { timestamp: _, run: __, ...line } = JSON.parse(text);
    return [line];
  } catch {
    return [];
  }
}
