import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import { markName } from "../../config/launch";
import { sleepSync } from "../../process/sleep";
import { monotonicMs } from "../../process/thisProcess";

/** How long the processes may take to end after SIGTERM before they get SIGKILL, in milliseconds. */
const patience = 300;

/** How long processes that start others faster than they are found are pursued, in milliseconds. */
const pursuit = 2_000;

/** A process and when it began, in ticks of the machine's clock: a later one with its pid is another process. */
export interface Descendant {
  pid: number;
  startedAt: number;
}

/** Processes that were told to end, and when they may be killed (on the clock of `monotonicMs`). */
export interface Warned {
  processes: Descendant[];
  killAt: number;
}

/**
 * Ends every process that a run has started, with SIGTERM and then SIGKILL: children and theirs by their
 * parents, and those that left the tree (setsid, double fork) by the mark in their environment. Never the
 * process group, which may be the caller's. `known` are some found earlier, while their parent was alive; without a
 * `pid` the parent is gone, and the number may be another's.
 * Blocks until they are gone; does nothing where there is no /proc. Not found is what left the tree and cleared its
 * environment (`env -i setsid …`).
 */
export function endDescendants(
  pid: number | undefined,
  mark: string,
  known: readonly Descendant[] = [],
): void {
  killDescendants(pid, mark, warnDescendants(pid, mark, known));
}

/** The first half of it: SIGTERM. */
export function warnDescendants(
  pid: number | undefined,
  mark: string,
  known: readonly Descendant[] = [],
): Warned {
  const told = withoutDoubles([...known, ...descendantsOf(pid, mark)]);
  for (const one of told) signal(one, "SIGTERM");
  return { processes: told, killAt: monotonicMs() + patience };
}

/** The second: SIGKILL for those that did not end in time, and for what they have started meanwhile. */
export function killDescendants(pid: number | undefined, mark: string, { processes, killAt }: Warned): void {
  if (processes.length === 0) return;
  while (monotonicMs() < killAt && processes.some(isThere)) sleepSync(20);
  const giveUpAt = monotonicMs() + pursuit;
  // Stopped first: a process that is killed while it forks leaves a child that nobody finds any more.
  const stopped = stopAll(() => [...processes, ...descendantsOf(pid, mark)], giveUpAt);
  for (const one of stopped) signal(one, "SIGKILL");
  while (monotonicMs() < giveUpAt && stopped.some(isThere)) sleepSync(5);
}

/** Stops processes until a look finds none that runs, and returns them. */
function stopAll(look: () => Descendant[], giveUpAt: number): Descendant[] {
  const stopped = new Map<number, Descendant>();
  for (;;) {
    const running = look().filter((one) => !isSame(stopped.get(one.pid), one) && isThere(one));
    for (const one of running) {
      signal(one, "SIGSTOP");
      stopped.set(one.pid, one);
    }
    if (running.length === 0 || monotonicMs() > giveUpAt) return [...stopped.values()];
  }
}

function withoutDoubles(processes: readonly Descendant[]): Descendant[] {
  return [...new Map(processes.map((one) => [one.pid, one])).values()].filter(isThere);
}

function isSame(one: Descendant | undefined, other: Descendant): boolean {
  return one?.pid === other.pid && one.startedAt === other.startedAt;
}

function isThere({ pid, startedAt }: Descendant): boolean {
  return placeOf(pid)?.startedAt === startedAt;
}

/** Whether `pid` is this process's parent, or its parent's, and so on; false where there is no /proc. */
export function isAncestor(pid: number): boolean {
  return ancestors().includes(pid);
}

/** The process that started this one, the one that started that, and so on. */
export function ancestors(): number[] {
  const found: number[] = [];
  for (let one: number | undefined = process.ppid; one !== undefined && one > 0; one = placeOf(one)?.parent) {
    found.push(one);
  }
  return found;
}

/** Whether a process is Node with this program (`node build/commands/X.js`, with no flags) and works in this folder. */
export function isProgram(pid: number, file: string, folder: string): boolean {
  const [node = "", started = ""] = read(`/proc/${pid}/cmdline`)?.split("\0") ?? [];
  if (basename(node) !== basename(process.execPath) || basename(started) !== basename(file)) return false;
  const isSame = started === file || file.endsWith(`/${started.replace(/^\.\//, "")}`);
  return isSame && folderOf(pid) === realpathSync(folder);
}

/** Undefined for another user's process. */
function folderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/**
 * Whether the run with this mark is around a process. Its environment names all of them: a command that a run has
 * started puts its own mark beside the others.
 */
export function isMarked(pid: number, mark: string): boolean {
  const prefix = `${markName}=`;
  const variables = read(`/proc/${pid}/environ`)?.split("\0") ?? [];
  const marks = variables.find((variable) => variable.startsWith(prefix))?.slice(prefix.length) ?? "";
  return marks.split(" ").includes(mark);
}

/** The processes that `pid` started, directly or not, and those that carry its mark. */
export function descendantsOf(pid: number | undefined, mark: string): Descendant[] {
  const living = new Map<number, Place>();
  for (const one of processNumbers()) {
    const place = placeOf(one);
    if (place !== undefined) living.set(one, place);
  }
  const begun = (pid === undefined ? undefined : living.get(pid)?.startedAt) ?? 0;
  const isBelow = (one: number): boolean => {
    const parent = living.get(one)?.parent;
    if (parent === undefined) return false;
    return parent === pid || (parent > 1 && isBelow(parent));
  };
  // Most processes of a machine are older than the run, and reading an environment takes as long as all else.
  const isYounger = (one: number) => (living.get(one)?.startedAt ?? -1) >= begun;
  return [...living]
    .filter(([one]) => one !== pid && (isBelow(one) || (isYounger(one) && isMarked(one, mark))))
    .map(([one, { startedAt }]) => ({ pid: one, startedAt }));
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

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined; // Gone meanwhile, or another user's.
  }
}

/** Its identity is looked at right before: meanwhile its pid may have become another process's. */
function signal(one: Descendant, name: NodeJS.Signals): void {
  try {
    if (isThere(one)) process.kill(one.pid, name);
  } catch {
    // Gone already, or not ours to end.
  }
}
