import { basename } from "node:path";
import { paths } from "../../config/config";
import { marksAround, partSign } from "../../config/launch";
import { require } from "../../config/require";
import { isThread } from "../../process/thisProcess";
import type { LockHolder } from "../ledger/run";
import { ancestors, isAncestor, isProgram } from "./ancestors";
import { isMarked } from "./descendants";

/** Identifies a run to all processes it starts, as one word of LAJU_RUN in the environment. */
export interface RunMark {
  name: string;
  pid: number;
  startedAt: number;
  /** The run's key in the ledger; a source file run by hand has none. */
  key?: string | undefined;
}

/** "SendDailyDigest:4182-1764463200000-mi5w2x9f3s0k7q": marks everything that a run has started. */
export function runMark({ name, pid, startedAt, key }: RunMark): string {
  return `${name}:${[pid, startedAt, key].filter((part) => part !== undefined).join("-")}`;
}

/** How a start relates to the runs that started it, which its environment lists. */
export type Nesting =
  /** A separate run: no run of the same command started it. */
  | { kind: "run" }
  /**
   * Started by a run from the same file to do part of the run's work: with fork(), cluster.fork() or as a
   * thread.
   */
  | { kind: "part"; of: RunMark }
  /** The command started itself through this chain of commands. */
  | { kind: "loop"; names: string[] };

/** Classifies a start of this command. Everything that pm2 starts is a run, no matter what asked pm2 to start it. */
export function nestingOf(name: string): Nesting {
  const around = marksAround().flatMap((word) => readMark(word) ?? []);
  const first = around.findIndex((mark) => mark.name === name);
  if (first < 0 || isPm2Container()) return { kind: "run" };
  const innermost = around.at(-1) as RunMark;
  if (innermost.name === name && isPartOf(innermost)) return { kind: "part", of: innermost };
  const chain = around.slice(first).map((mark) => mark.name);
  // Several attempts of one run appear next to each other in the chain, so name them once.
  return { kind: "loop", names: [...chain.filter((one, at) => one !== chain[at - 1]), name] };
}

/** Classifies a start whose environment was cleared (`env -i`, sudo), by the holder of the command's lock. */
export function nestingIn(name: string, holder: LockHolder | undefined): Nesting {
  if (holder === undefined) return { kind: "run" };
  const { pid } = holder;
  const run = { name, ...holder };
  const isPart = isThread() ? pid === process.pid && isFirstThread() : process.send && pid === process.ppid;
  if (isPart) return { kind: "part", of: run };
  return isAncestor(pid) ? { kind: "loop", names: [name, name] } : { kind: "run" };
}

/**
 * Classifies a start whose environment was cleared and whose command has no lock, by this process's ancestors. A
 * process with an IPC channel is not refused, because it may be part of an ancestor's run.
 */
export function nestingBelow(name: string): Nesting {
  const file = process.argv[1];
  if (marksAround().length > 0 || isThread() || process.send || file === undefined) return { kind: "run" };
  const isBelowItself = ancestors().some((pid) => isProgram(pid, file, paths.root));
  return isBelowItself ? { kind: "loop", names: [name, name] } : { kind: "run" };
}

/** Parses a mark; undefined for one in the format of an older laju. */
function readMark(word: string): RunMark | undefined {
  const [, name, pid, startedAt, key] = /^([^:]+):(\d+)-(\d+)(?:-(\w+))?$/.exec(word) ?? [];
  if (name === undefined) return undefined;
  return { name, pid: Number(pid), startedAt: Number(startedAt), key };
}

/**
 * A part is a thread, or a child with an IPC channel to its run. A part cannot start more parts from the same
 * file: a file that forks itself unconditionally would never stop.
 */
function isPartOf(run: RunMark): boolean {
  if (isThread()) return isFirstThread();
  return marksAround().at(-1) !== partSign && isChildOf(run);
}

/**
 * Whether the run is this process's parent. Accepts tsx as the parent too: it sits between the run and its part, with
 * the run's mark and an IPC channel.
 */
function isChildOf(run: RunMark): boolean {
  if (process.send === undefined) return false;
  const isOrphan = () => !isMarked(process.ppid, runMark(run));
  return process.ppid === run.pid || isOrphan();
}

let isFirst: boolean | undefined;
const threadSign = "laju.isPart";

/**
 * Whether no other thread of this file started this thread. Each thread sets a flag in its environment data, which the
 * threads it starts inherit.
 */
function isFirstThread(): boolean {
  if (isFirst !== undefined) return isFirst;
  const threads = require("node:worker_threads") as typeof import("node:worker_threads");
  isFirst = threads.getEnvironmentData(threadSign) !== true;
  threads.setEnvironmentData(threadSign, true);
  return isFirst;
}

/** Whether pm2 started this process directly. pm2's variables prove nothing, because children inherit them. */
function isPm2Container(): boolean {
  return Object.keys(require.cache).some((file) => basename(file).startsWith("ProcessContainer"));
}
