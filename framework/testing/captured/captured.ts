import { AsyncLocalStorage } from "node:async_hooks";
import type { CaughtMail } from "./caughtMail";

/** A line that the code under test logged, with its fields: `{ level: "info", message: "Digest sent", count: 12 }`. */
export interface LogLine {
  level: string;
  message: string;
  [field: string]: unknown;
}

/** What the code under test said and sent. */
export interface Captured {
  /** The mails it sent, as they were rendered. */
  mails: CaughtMail[];
  /** What it logged. */
  logs: LogLine[];
  /** Everything it wrote to standard output, log lines included. */
  stdout: string;
  stderr: string;
}

/** What is captured of one run, and who is told that it called process.exit. */
export interface Capture extends Captured {
  onExit(status: number): void;
  /** Its run has ended, and what it left behind says counts for nothing. */
  isOver: boolean;
}

const storage = new AsyncLocalStorage<Capture>();

/** Does `work`; what it and everything it starts says and sends goes to `capture`, also beside other runs. */
export function capturing<T>(capture: Capture, work: () => T): T {
  return storage.run(capture, work);
}

/** What is capturing now, for code that `capturing` called. */
export function currentCapture(): Capture | undefined {
  return storage.getStore();
}

export function newCapture(onExit: Capture["onExit"] = () => {}): Capture {
  return { mails: [], logs: [], stdout: "", stderr: "", onExit, isOver: false };
}

/** What was captured until now. */
export function capturedBy({ mails, logs, stdout, stderr }: Capture): Captured {
  return { mails, logs, stdout, stderr };
}

/** Adds a text that was written, and the log lines in it. */
export function noteOutput(capture: Capture, stream: 1 | 2, text: string): void {
  if (capture.isOver) return;
  if (stream === 1) capture.stdout += text;
  else capture.stderr += text;
  capture.logs.push(...text.split("\n").flatMap(logLine));
}

/** In tests the log is JSON lines. */
function logLine(text: string): LogLine[] {
  if (!text.startsWith('{"timestamp":')) return [];
  try {
    const { timestamp: _, run: __, ...line } = JSON.parse(text);
    return [line];
  } catch {
    return [];
  }
}
