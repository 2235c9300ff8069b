import { readdirSync } from "node:fs";
import { markName } from "../../config/launch";
import { type ProcessEntry, processEntry, readProcessFile } from "../../process/processEntry";
import { sleepSync } from "../../process/sleep";
import { monotonicMs } from "../../process/thisProcess";

/** How long processes may take to exit after SIGTERM before they get SIGKILL, in milliseconds. */
const graceMs = 300;

/** How long to keep killing processes that start others faster than we can find them, in milliseconds. */
const longestHuntMs = 2_000;

/** A process, identified by its pid and its start time (in clock ticks since boot), because pids are reused. */
export interface Descendant {
  pid: number;
  startedAt: number;
}

/** Processes that have been sent SIGTERM, and when to kill them (in `monotonicMs` time). */
export interface Warned {
  processes: Descendant[];
  killAt: number;
}

/**
 * Terminates every process that a run has started, with SIGTERM and then SIGKILL, and blocks until they are gone. Finds
 * descendants by their parents, and detached processes (setsid, double fork) by the mark in their environment. Never
 * signals the process group, which may be the caller's. `known` are descendants found earlier, while their parent was
 * alive. `pid` is undefined if the parent is gone, because its pid may have been reused. Does not find detached
 * processes that have also cleared their environment (`env -i setsid …`). Requires /proc.
 */
export function endDescendants(
  pid: number | undefined,
  mark: string,
  known: readonly Descendant[] = [],
): void {
  killDescendants(pid, mark, warnDescendants(pid, mark, known));
}

/** The first half of `endDescendants`, which sends SIGTERM. */
export function warnDescendants(
  pid: number | undefined,
  mark: string,
  known: readonly Descendant[] = [],
): Warned {
  const processes = livingOf([...known, ...descendantsOf(pid, mark)]);
  for (const one of processes) signal(one, "SIGTERM");
  return { processes, killAt: monotonicMs() + graceMs };
}

/**
 * The second half of `endDescendants`, which sends SIGKILL to processes that did not exit in time and to those they
 * have started since.
 */
export function killDescendants(pid: number | undefined, mark: string, { processes, killAt }: Warned): void {
  if (processes.length === 0) return;
  while (monotonicMs() < killAt && processes.some(isAlive)) sleepSync(20);
  const giveUpAt = monotonicMs() + longestHuntMs;
  // Suspend them first (SIGSTOP): a process that is killed while it forks leaves a child that we could no longer find.
  const stopped = stopAll(() => [...processes, ...descendantsOf(pid, mark)], giveUpAt);
  for (const one of stopped) signal(one, "SIGKILL");
  while (monotonicMs() < giveUpAt && stopped.some(isAlive)) sleepSync(5);
}

/** Suspends processes until none is left running, and returns them. */
function stopAll(find: () => Descendant[], giveUpAt: number): Descendant[] {
  const stopped = new Map<number, Descendant>();
  for (;;) {
    const running = find().filter((one) => !isSame(stopped.get(one.pid), one) && isAlive(one));
    for (const one of running) {
      signal(one, "SIGSTOP");
      stopped.set(one.pid, one);
    }
    if (running.length === 0 || monotonicMs() > giveUpAt) return [...stopped.values()];
  }
}

/** The processes that are still alive, each once. */
function livingOf(processes: readonly Descendant[]): Descendant[] {
  return [...new Map(processes.map((one) => [one.pid, one])).values()].filter(isAlive);
}

function isSame(one: Descendant | undefined, other: Descendant): boolean {
  return one?.pid === other.pid && one.startedAt === other.startedAt;
}

function isAlive({ pid, startedAt }: Descendant): boolean {
  return processEntry(pid)?.startedAt === startedAt;
}

/**
 * Whether a process belongs to the run with this mark. A process's environment lists the marks of all runs it is part of,
 * because a command started by another run adds its own mark.
 */
export function isMarked(pid: number, mark: string): boolean {
  const prefix = `${markName}=`;
  const variables = readProcessFile(pid, "environ")?.split("\0") ?? [];
  const marks = variables.find((variable) => variable.startsWith(prefix))?.slice(prefix.length) ?? "";
  return marks.split(" ").includes(mark);
}

/** The descendants of `pid`, and the processes with this mark in their environment. */
export function descendantsOf(pid: number | undefined, mark: string): Descendant[] {
  const living = new Map<number, ProcessEntry>();
  for (const one of processNumbers()) {
    const entry = processEntry(one);
    if (entry !== undefined) living.set(one, entry);
  }
  const startedAt = (pid === undefined ? undefined : living.get(pid)?.startedAt) ?? 0;
  const isBelow = (one: number): boolean => {
    const parent = living.get(one)?.parent;
    if (parent === undefined) return false;
    return parent === pid || (parent > 1 && isBelow(parent));
  };
  // Skip processes that are older than the run: reading their environments too would take twice as long.
  const isYounger = (one: number) => (living.get(one)?.startedAt ?? -1) >= startedAt;
  return [...living]
    .filter(([one]) => one !== pid && (isBelow(one) || (isYounger(one) && isMarked(one, mark))))
    .map(([one, { startedAt }]) => ({ pid: one, startedAt }));
}

function processNumbers(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return []; // There is no /proc, because this is not Linux.
  }
}

/** Sends a signal, after checking that the pid still belongs to this process. */
function signal(one: Descendant, name: NodeJS.Signals): void {
  try {
    if (isAlive(one)) process.kill(one.pid, name);
  } catch {
    // The process is already gone, or belongs to another user.
  }
}
