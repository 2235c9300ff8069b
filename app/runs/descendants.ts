import { readdirSync, readFileSync } from "node:fs";

/** How long the processes may take to end after SIGTERM before they get SIGKILL, in milliseconds. */
const patience = 300;

/** Processes that were told to end, and when they may be killed (milliseconds since the epoch). */
export interface Warned {
  pids: number[];
  killAt: number;
}

/**
 * Ends every process that a run has started, with SIGTERM and then SIGKILL: children and theirs by their
 * parents, and those that left the tree (setsid, double fork) by the mark in their environment. Never the
 * process group, which may be the caller's. `known` are some found earlier, while their parent was alive; without a
 * `pid` the parent is gone, and the number may be another's.
 * Blocks until they are gone; does nothing where there is no /proc.
 */
export function endDescendants(pid: number | undefined, mark: string, known: readonly number[] = []): void {
  killDescendants(pid, mark, warnDescendants(pid, mark, known));
}

/** The first half of it: SIGTERM. */
export function warnDescendants(
  pid: number | undefined,
  mark: string,
  known: readonly number[] = [],
): Warned {
  const pids = [...new Set([...known.filter(isThere), ...descendantsOf(pid, mark)])];
  for (const one of pids) signal(one, "SIGTERM");
  return { pids, killAt: Date.now() + patience };
}

/** The second: SIGKILL for those that did not end in time. */
export function killDescendants(pid: number | undefined, mark: string, { pids, killAt }: Warned): void {
  if (pids.length === 0) return;
  while (Date.now() < killAt && pids.some(isThere)) pause(20);
  // Looked for again: they may have started others meanwhile.
  for (const one of new Set([...pids.filter(isThere), ...descendantsOf(pid, mark)])) signal(one, "SIGKILL");
}

function isThere(pid: number): boolean {
  return placeOf(pid) !== undefined;
}

/** The processes that `pid` started, directly or not, and those that carry its mark. */
export function descendantsOf(pid: number | undefined, mark: string): number[] {
  const living = new Map(processNumbers().map((one) => [one, placeOf(one)]));
  const begun = (pid === undefined ? undefined : living.get(pid)?.startedAt) ?? 0;
  const isBelow = (one: number): boolean => {
    const parent = living.get(one)?.parent;
    if (parent === undefined) return false;
    return parent === pid || (parent > 1 && isBelow(parent));
  };
  // Most processes of a machine are older than the run, and reading an environment takes as long as all else.
  const isYounger = (one: number) => (living.get(one)?.startedAt ?? -1) >= begun;
  return [...living.keys()].filter(
    (one) => one !== pid && (isBelow(one) || (isYounger(one) && carries(one, mark))),
  );
}

function processNumbers(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return []; // Not Linux.
  }
}

/** Whose child it is, and when it began, in ticks of the machine's clock. */
interface Place {
  parent: number;
  startedAt: number;
}

/** Fields 4 and 22 of /proc/PID/stat; undefined for one that is gone, or dead and not yet collected. */
function placeOf(pid: number): Place | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : { parent: Number(fields[1]), startedAt: Number(fields[19]) };
}

function carries(pid: number, mark: string): boolean {
  return read(`/proc/${pid}/environ`)?.split("\0").includes(mark) ?? false;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined; // Gone meanwhile, or another user's.
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already, or not ours to end.
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
