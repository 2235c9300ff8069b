import { readdirSync, readFileSync } from "node:fs";

/** How long the processes may take to end after SIGTERM before they get SIGKILL, in milliseconds. */
const patience = 300;

/**
 * Ends every process that a run has started, with SIGTERM and then SIGKILL: children and theirs by their
 * parents, and those that left the tree (setsid, double fork) by the mark in their environment. Never the
 * process group, which may be the caller's. `known` are some found earlier, while their parent was alive; without a
 * `pid` the parent is gone, and the number may be another's.
 * Blocks until they are gone; does nothing where there is no /proc.
 */
export function endDescendants(pid: number | undefined, mark: string, known: readonly number[] = []): void {
  const found = [...new Set([...known.filter(isThere), ...descendantsOf(pid, mark)])];
  if (found.length === 0) return;
  for (const one of found) signal(one, "SIGTERM");
  const giveUpAt = Date.now() + patience;
  while (Date.now() < giveUpAt && found.some(isThere)) pause(20);
  // Looked for again: they may have started others meanwhile.
  for (const one of new Set([...found.filter(isThere), ...descendantsOf(pid, mark)])) signal(one, "SIGKILL");
}

function isThere(pid: number): boolean {
  return parentOf(pid) !== undefined;
}

/** The processes that `pid` started, directly or not, and those that carry its mark. */
export function descendantsOf(pid: number | undefined, mark: string): number[] {
  const parents = new Map(livingProcesses().map((one) => [one, parentOf(one)]));
  const isBelow = (one: number | undefined): boolean => {
    const parent = one === undefined ? undefined : parents.get(one);
    if (parent === undefined) return false;
    return parent === pid || (parent > 1 && isBelow(parent));
  };
  return [...parents.keys()].filter((one) => one !== pid && (isBelow(one) || carries(one, mark)));
}

function livingProcesses(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return []; // Not Linux.
  }
}

/** Field 4 of /proc/PID/stat; undefined for one that is gone, or dead and not yet collected. */
function parentOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" ? undefined : Number(parent);
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
