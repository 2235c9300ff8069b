import { AsyncLocalStorage } from "node:async_hooks";
import type { CaughtMail } from "./caughtMail";

/** A logged line with its fields: `{ level: "info", message: "Digest sent", count: 12 }`. */
export interface LogLine {
  level: string;
  message: string;
  [field: string]: unknown;
}

/** What the code under test logged, wrote and sent. */
export interface Captured {
  /** The mails it sent, rendered. */
  mails: CaughtMail[];
  /** The lines it logged. */
  logs: LogLine[];
  /** Everything it wrote to standard output, log lines included. */
  stdout: string;
  stderr: string;
}

/** What is captured of one run, and who is called when it calls process.exit. */
export interface Capture extends Captured {
  onExit(status: number): void;
  /** The run has ended. Output of anything it left behind is ignored. */
  isOver: boolean;
}

const storage = new AsyncLocalStorage<Capture>();

/**
 * Runs `work`, and captures the output and mails of it and of everything it starts, also if other runs
 * overlap.
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

/** What has been captured so far. */
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
