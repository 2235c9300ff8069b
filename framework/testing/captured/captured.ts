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

/** What a run has written so far, and a function that is called when it calls process.exit. */
export interface Capture extends Captured {
  onExit(status: number): void;
  /** Whether the run has ended. If it left something running, further output of that is ignored. */
  isOver: boolean;
}

const storage = new AsyncLocalStorage<Capture>();

/**
 * Runs `work`, and captures the output and mails of everything that it does or starts, even if other captures overlap.
 */
export function capturing<T>(capture: Capture, work: () => T): T {
  return storage.run(capture, work);
}

/** The capture of the calling code; undefined outside of `capturing`. */
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

/** Appends output to the capture, and parses the log lines in it. */
export function noteOutput(capture: Capture, stream: 1 | 2, text: string): void {
  if (capture.isOver) return;
  if (stream === 1) capture.stdout += text;
  else capture.stderr += text;
  capture.logs.push(...text.split("\n").flatMap(logLine));
}

/** Parses a log line, which is JSON in tests. Returns an empty list for other output. */
function logLine(text: string): LogLine[] {
  if (!text.startsWith('{"timestamp":')) return [];
  try {
    const { timestamp: _, run: __, ...line } = JSON.parse(text);
    return [line];
  } catch {
    return [];
  }
}
