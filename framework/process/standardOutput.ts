import { openSync } from "node:fs";
import { pm2ClusterLogs } from "../config/launch";

/**
 * The descriptor behind standard output (1) and standard error (2). In pm2's cluster mode these are the pm2
 * daemon's own, and what pm2 takes from process.stdout instead it writes asynchronously, so that process.exit
 * loses it (pm2 7, lib/ProcessContainer.js); its log files are written directly there.
 */
export function outputDescriptor(stream: 1 | 2): number {
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
