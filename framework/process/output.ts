import { fstatSync, openSync, readlinkSync, type Stats, writeSync } from "node:fs";
import { pm2ClusterLogs } from "../config/launch";
import { printable } from "../text/printable";
import { sleepSync } from "./sleep";

/** Says on stderr, which cron appends to the command's log, what went wrong beside the work. */
export function warn(sentence: string): void {
  writeAll(2, `laju: ${printable(sentence)}\n`);
}

/**
 * Writes every byte before it returns. A pipe may take part of a line, or be full and non-blocking (EAGAIN).
 * Never throws: a full disk, or a reader that went away, is no reason for a command to fail. What could not be
 * written is counted, and the error returned.
 */
export function writeAll(stream: 1 | 2, text: string): NodeJS.ErrnoException | undefined {
  return writeAllBytes(stream, Buffer.from(withoutSecrets(text)));
}

/** The same for bytes, which are written as they are. */
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

/** Output of this process that nobody got: how many lines, and the system's code for the first failure. */
export interface LostOutput {
  lines: number;
  code: string;
}

let lost: LostOutput | undefined;

/** Counts the lines in what could not be written; the rest of a line that was cut counts too. */
function noteLostOutput(unwritten: Uint8Array, error: NodeJS.ErrnoException): void {
  let lines = unwritten.at(-1) === newline ? 0 : 1;
  for (let at = unwritten.indexOf(newline); at >= 0; at = unwritten.indexOf(newline, at + 1)) lines += 1;
  lost ??= { lines: 0, code: error.code ?? "EUNKNOWN" };
  lost.lines += lines;
}

/** What was lost so far; undefined where everything was written. */
export function lostOutput(): LostOutput | undefined {
  return lost;
}

const newline = 0x0a;

/** Shorter texts stand in other words as well, which would be hidden with them. */
const shortestSecret = 4;

const secrets = new Set<string>();

/** What this process writes from here on shows *** in place of these values. */
export function hideFromOutput(values: readonly string[]): void {
  for (const value of values) {
    if (value.length < shortestSecret) continue;
    secrets.add(value);
    // As a JSON line of the log has it.
    secrets.add(JSON.stringify(value).slice(1, -1));
  }
}

/** Whether there are any: they are not to be on the command line of what this process starts either. */
export function hasSecrets(): boolean {
  return secrets.size > 0;
}

export function withoutSecrets(text: string): string {
  let shown = text;
  for (const secret of secrets) shown = shown.replaceAll(secret, "***");
  return shown;
}

/**
 * The descriptor behind standard output (1) and standard error (2). In pm2's cluster mode these are the pm2
 * daemon's own, and what pm2 takes from process.stdout instead it writes asynchronously, so that process.exit
 * loses it (pm2 7, lib/ProcessContainer.js); its log files are written directly there.
 */
function outputDescriptor(stream: 1 | 2): number {
  descriptors ??= openDescriptors();
  return descriptors[stream];
}

/** Whether the two streams of this process are files that pm2 keeps for it. */
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
    return { 1: 1, 2: 2 }; // pm2 itself refuses to start where it cannot open them.
  }
}

/** `pm2 start -o NULL` keeps no log. */
function logFile(path: string): string {
  return path === "NULL" ? "/dev/null" : path;
}

/** The file that stdout appends to (the crontab's `>> X.log`) and its size now; null when it is no file. */
export function outputFile(): { file: string; inode: number; from: number } | null {
  const stat = outputStat();
  if (stat === undefined) return null;
  try {
    const file = readlinkSync(`/proc/self/fd/${outputDescriptor(1)}`);
    return { file, inode: stat.ino, from: stat.size };
  } catch {
    return null; // No /proc: the run is recorded without its place in the log.
  }
}

/** How long that file is now, in bytes; undefined when stdout is closed or no file. */
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
