import { type Handler, handlerOf } from "../../../framework/queue/handlers";
import { type JobContext, job } from "../../../framework/queue/job";
import { append, type Ending } from "./checks/trace";
import { now, pause } from "./clock";
import { type Kind, type KindName, kindNames, kindOf, type Load, linkName } from "./kinds";
import { poisonErrors, poisonProgress, poisonResults, sameAsPoison } from "./poison";

/**
 * The kinds that a worker has handlers for. An "old" worker doesn't have the newest kinds, and a "lone" worker has only
 * those reserved for it.
 */
export type HandlerSet = "old" | "new" | "lone";

/** The handlers of a worker. Each handler writes to the trace when it starts and when it ends. */
export function handlersOf(set: HandlerSet, trace: string): Map<string, Handler> {
  const known = kindNames.filter((name) => isKnown(kindOf(name), set));
  return new Map(known.map((name) => [name, handlerFor(name, trace)]));
}

function isKnown({ isLone = false, isNew = false }: Kind, set: HandlerSet): boolean {
  if (set === "lone") return isLone;
  return !isLone && (set === "new" || !isNew);
}

function handlerFor(name: KindName, trace: string): Handler {
  const { attempts, backoff = "200ms", concurrency, timeout } = kindOf(name);
  const definition = {
    ...{ attempts, backoff },
    ...(concurrency !== undefined && { concurrency }),
    ...(timeout !== undefined && { timeout }),
    run: (context: JobContext<unknown>) => traced(name, trace, context as JobContext<Load>),
  };
  return handlerOf(name, { default: job(name, definition) });
}

let runs = 0;

async function traced(name: KindName, trace: string, context: JobContext<Load>): Promise<unknown> {
  const { id, attempt } = context.job;
  const n = kindOf(name).isChain ? linkName(context.data.n, id) : context.data.n;
  const where = { n, id, attempt, pid: process.pid, run: ++runs };
  append(trace, { what: "begun", kind: name, ...where });
  if (!sameAsPoison(context.data)) append(trace, { what: "garbled", n, id });
  let how: Ending = "threw";
  try {
    const result = await work(name, context);
    how = "returned";
    return result;
  } catch (error) {
    if (context.signal.aborted) how = "aborted";
    throw error;
  } finally {
    append(trace, { what: "ended", how, ...where });
  }
}

async function work(name: KindName, context: JobContext<Load>): Promise<unknown> {
  const { data, job: running } = context;
  const { ms, poison = "" } = data;
  await (name === "Deaf" ? pause(ms) : pauseUnlessAborted(ms, context.signal));
  switch (name) {
    case "Flaky":
    case "LoneFlaky":
      if (running.attempt === 1) throw new Error("not at the first attempt");
      return ms;
    case "Hopeless":
    case "Revived":
    case "Chain":
      throw new Error("never");
    case "Killer":
      return process.kill(process.pid, "SIGKILL");
    case "BadError":
      throw poisonErrors[poison]?.();
    case "BadResult":
      return poisonResults[poison]?.();
    case "BadProgress":
      context.progress(poisonProgress[poison]?.());
      return ms;
    default:
      return { n: data.n };
  }
}

async function pauseUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  const end = now() + ms;
  while (now() < end) {
    signal.throwIfAborted();
    await pause(Math.min(25, Math.max(0, end - now())));
  }
  signal.throwIfAborted();
}
