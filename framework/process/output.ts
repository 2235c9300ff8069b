import { fstatSync, openSync, readlinkSync, type Stats, writeSync } from "node:fs";
import { pm2ClusterLogs } from "../config/launch";
import { printable } from "../text/printable";
import { sleepSync } from "./sleep";

/** Prints a warning on stderr, which cron appends to the command's log. */
export function warn(sentence: string): void {
  writeAll(2, `laju: ${printable(sentence)}\n`);
}

/**
 * Writes the whole text before it returns, even if a pipe accepts only part of a line or is full and non-blocking
 * (EAGAIN). Never throws, because a full disk or a closed pipe should not make a command fail. Instead, it counts the
 * lost lines and returns the error.
 */
export function writeAll(stream: 1 | 2, text: string): NodeJS.ErrnoException | undefined {
  const shown = withoutSecrets(text);
  return divert?.(stream, shown) ? undefined : writeAllBytes(stream, Buffer.from(shown));
}

/** Receives each text that is about to be written. If it returns false, the text is written to the stream as usual. */
export type Diversion = (stream: 1 | 2, text: string) => boolean;

let divert: Diversion | undefined;

/** From now on, passes all output to `diversion`, so that tests can capture it. */
export function divertOutput(diversion: Diversion): void {
  divert = diversion;
}

/** Like writeAll(), but for bytes, in which secrets are not masked. */
export function writeAllBytes(stream: 1 | 2, bytes: Uint8Array): NodeJS.ErrnoException | undefined {
  const fd = outputDescriptor(stream);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (error.code !== "EAGAIN") {
        noteLostOutput(bytes.subarray(written), error);
        return error;
      }
      sleepSync(1);
    }
  }
  return undefined;
}

/** Output that could not be written: the number of lines, and the error code of the first failure. */
export interface LostOutput {
  lines: number;
  code: string;
}

let lost: LostOutput | undefined;

/** Counts the lines that were not written. A line that was written only in part counts too. */
function noteLostOutput(unwritten: Uint8Array, error: NodeJS.ErrnoException): void {
  let lines = unwritten.at(-1) === newline ? 0 : 1;
  for (let at = unwritten.indexOf(newline); at >= 0; at = unwritten.indexOf(newline, at + 1)) lines += 1;
  lost ??= { lines: 0, code: error.code ?? "EUNKNOWN" };
  lost.lines += lines;
}

/** The output lost so far; undefined if everything was written. */
export function lostOutput(): LostOutput | undefined {
  return lost;
}

const newline = 0x0a;

/** The minimum length of a masked value. Shorter ones also occur in ordinary words, which would then be masked. */
const shortestSecret = 4;

const secrets = new Set<string>();

/** From now on, replaces these values with *** in everything this process writes. */
export function hideFromOutput(values: readonly string[]): void {
  for (const value of values) {
    if (value.length < shortestSecret) continue;
    secrets.add(value);
    // The value as it appears in a JSON log line.
    secrets.add(JSON.stringify(value).slice(1, -1));
  }
}

/** Whether any values are masked. Such values must not appear on a child process's command line either. */
export function hasSecrets(): boolean {
  return secrets.size > 0;
}

export function withoutSecrets(text: string): string {
  let shown = text;
  for (const secret of secrets) shown = shown.replaceAll(secret, "***");
  return shown;
}

/**
 * The descriptor for standard output (1) or standard error (2). In pm2's cluster mode, these belong to the pm2 daemon,
 * and pm2 writes process.stdout to its log files asynchronously, so process.exit loses output (pm2 7,
 * lib/ProcessContainer.js). In that mode, we write to pm2's log files directly.
 */
function outputDescriptor(stream: 1 | 2): number {
  descriptors ??= openDescriptors();
  return descriptors[stream];
}

/** Whether this process writes to pm2's log files instead of its standard streams. */
export function isOutputReplaced(): boolean {
  return outputDescriptor(1) !== 1;
}

let descriptors: Record<1 | 2, number> | undefined;

function openDescriptors(): Record<1 | 2, number> {
  const logs = pm2ClusterLogs();
  if (logs === undefined) return { 1: 1, 2: 2 };
  try {
    return { 1: openSync(logFile(logs.out), "a"), 2: openSync(logFile(logs.error), "a") };
  } catch {
    return { 1: 1, 2: 2 }; // This is unlikely, because pm2 itself doesn't start if it can't open the files.
  }
}

/** With `pm2 start -o NULL`, pm2 writes no log file. */
function logFile(path: string): string {
  return path === "NULL" ? "/dev/null" : path;
}

/** The file to which stdout appends (the crontab's `>> X.log`) and its current size; null if stdout is not a file. */
export function outputFile(): { file: string; inode: number; from: number } | null {
  const stat = outputStat();
  if (stat === undefined) return null;
  try {
    const file = readlinkSync(`/proc/self/fd/${outputDescriptor(1)}`);
    return { file, inode: stat.ino, from: stat.size };
  } catch {
    return null; // There is no /proc. The run is recorded without its position in the log.
  }
}

/** The current size of stdout's file in bytes; undefined if stdout is closed or not a file. */
export function outputSize(): number | undefined {
  return outputStat()?.size;
}

function outputStat(): Stats | undefined {
  try {
    const stat = fstatSync(outputDescriptor(1));
    return stat.isFile() ? stat : undefined;
  } catch {
    return undefined;
  }
}
