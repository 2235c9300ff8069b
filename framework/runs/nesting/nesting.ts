import { basename } from "node:path";
import { paths } from "../../config/config";
import { marksAround, partSign } from "../../config/launch";
import { require } from "../../config/require";
import { isThread } from "../../process/thisProcess";
import type { LockHolder } from "../ledger/run";
import { ancestors, isAncestor, isMarked, isProgram } from "./descendants";

/** A run as everything that it starts knows it, by one word of LAJU_RUN in the environment. */
export interface RunMark {
  name: string;
  pid: number;
  startedAt: number;
  /** Its key in the ledger; a source tried by hand has none. */
  key?: string | undefined;
}

/** "SendDailyDigest:4182-1764463200000-mi5w2x9f3s0k7q": tells what a run has started from everything else. */
export function runMark({ name, pid, startedAt, key }: RunMark): string {
  return `${name}:${[pid, startedAt, key].filter((part) => part !== undefined).join("-")}`;
}

/** How a start stands to the runs around it, which its environment names. */
export type Nesting =
  /** No run of this command is around it. */
  | { kind: "run" }
  /** The run started it from its own file to do a part of its work: by fork(), cluster.fork() or as a thread. */
  | { kind: "part"; of: RunMark }
  /** The command started itself: these commands, one by the other. */
  | { kind: "loop"; names: string[] };

/** What a start of this command is. What pm2 starts is a run, whoever asked pm2 for it. */
export function nestingOf(name: string): Nesting {
  const around = marksAround().flatMap((word) => readMark(word) ?? []);
  const first = around.findIndex((mark) => mark.name === name);
  if (first < 0 || isPm2Container()) return { kind: "run" };
  const innermost = around.at(-1) as RunMark;
  if (innermost.name === name && isPartOf(innermost)) return { kind: "part", of: innermost };
  const chain = around.slice(first).map((mark) => mark.name);
  // The attempts of one run follow each other.
  return { kind: "loop", names: [...chain.filter((one, at) => one !== chain[at - 1]), name] };
}

/** The same by who holds the command's lock, for a start whose environment was emptied (`env -i`, sudo). */
export function nestingIn(name: string, holder: LockHolder | undefined): Nesting {
  if (holder === undefined) return { kind: "run" };
  const { pid } = holder;
  const run = { name, ...holder };
  const isPart = isThread() ? pid === process.pid && isFirstThread() : process.send && pid === process.ppid;
  if (isPart) return { kind: "part", of: run };
  return isAncestor(pid) ? { kind: "loop", names: [name, name] } : { kind: "run" };
}

/**
 * The same by the processes that led to this one, for a start with an emptied environment of a command without a lock.
 * A child with a channel may be a part.
 */
export function nestingBelow(name: string): Nesting {
  const file = process.argv[1];
  if (marksAround().length > 0 || isThread() || process.send || file === undefined) return { kind: "run" };
  const isBelowItself = ancestors().some((pid) => isProgram(pid, file, paths.root));
  return isBelowItself ? { kind: "loop", names: [name, name] } : { kind: "run" };
}

/** Undefined for what an older laju has put there. */
function readMark(word: string): RunMark | undefined {
  const [, name, pid, startedAt, key] = /^([^:]+):(\d+)-(\d+)(?:-(\w+))?$/.exec(word) ?? [];
  if (name === undefined) return undefined;
  return { name, pid: Number(pid), startedAt: Number(startedAt), key };
}

/**
 * A part is a child with a channel to its run, or a thread. A part cannot have parts from the same file itself: that
 * would go on without end where the file does not look at what it is.
 */
function isPartOf(run: RunMark): boolean {
  if (isThread()) return isFirstThread();
  return marksAround().at(-1) !== partSign && isChildOf(run);
}

/** tsx keeps a channel too, to the node that it starts: it is a process between the two, with the run's mark. */
function isChildOf(run: RunMark): boolean {
  if (process.send === undefined) return false;
  const isOrphan = () => !isMarked(process.ppid, runMark(run));
  return process.ppid === run.pid || isOrphan();
}

let isFirst: boolean | undefined;
const threadSign = "laju.isPart";

/** What a thread sets here is known to the threads that it starts. */
function isFirstThread(): boolean {
  if (isFirst !== undefined) return isFirst;
  const threads = require("node:worker_threads") as typeof import("node:worker_threads");
  isFirst = threads.getEnvironmentData(threadSign) !== true;
  threads.setEnvironmentData(threadSign, true);
  return isFirst;
}

/** Whether pm2's own program is what this process runs. Its variables alone tell nothing: children inherit them. */
function isPm2Container(): boolean {
  return Object.keys(require.cache).some((file) => basename(file).startsWith("ProcessContainer"));
}
