import { formatDuration } from "../../config/duration";
import { LajuError } from "../../config/errors";
import { logError, logInfo } from "../../services/Logger";
import { isError } from "../../text/isError";
import { nearest } from "../../text/similar";
import { closeQueue, queueEngine } from "../engines/select";
import { type Handlers, type LoadedHandlers, loadHandlers } from "../handlers";
import type { WorkerSummary } from "./settling";
import { Worker } from "./worker";
import type { WorkOptions } from "./workOptions";

/** Processes queued jobs until SIGTERM or SIGINT, and returns a summary. A second signal aborts running jobs. */
export async function workUntilStopped(options: WorkOptions, given?: Handlers): Promise<WorkerSummary> {
  const { handlers, problems } = given === undefined ? await loadHandlers() : whole(given);
  reportProblems(problems, options.types);
  checkTypes(options.types, [...handlers.keys()]);
  // Jobs whose handler can't be used here wait for a worker that can use it.
  const types = options.types ?? (problems.size > 0 ? [...handlers.keys()] : undefined);
  if (types?.length === 0) throw [...problems.values()][0];
  const engine = await queueEngine();
  const worker = new Worker({ ...options, types, engine, handlers });
  const stopListening = stopOnSignals(worker, options.patienceMs);
  process.on("unhandledRejection", noteStray);
  try {
    await worker.start();
    const paused = await engine.paused().catch((): string[] => []); // The worker starts even if the database is down.
    logInfo("Worker started", {
      concurrency: options.concurrency,
      types: options.types ?? [...handlers.keys()],
      patience: patienceText(options),
      // Log paused types, because they explain why a worker is idle.
      ...(paused.length > 0 && { paused: paused.includes("*") ? "all" : paused }),
    });
    const summary = await worker.ended;
    await closeQueue();
    return summary;
  } finally {
    stopListening();
    process.off("unhandledRejection", noteStray);
  }
}

/** A text such as "25s (default)" for the log, to explain why a stopped worker returned a job. */
function patienceText({ patienceMs, patienceReason }: WorkOptions): string {
  const text = formatDuration(patienceMs);
  return patienceReason === undefined ? text : `${text} (${patienceReason})`;
}

function whole(handlers: Handlers): LoadedHandlers {
  return { handlers, problems: new Map() };
}

/** Reports handlers that can't be used. The worker runs the other types, but throws if `--types` names such a handler. */
function reportProblems(problems: LoadedHandlers["problems"], types: readonly string[] | undefined): void {
  for (const [name, error] of problems) {
    if (types?.includes(name)) throw error;
    logError(`The handler ${name} can't be used: this worker runs no jobs of that type`, error);
  }
}

function checkTypes(types: readonly string[] | undefined, known: string[]): void {
  const unknown = types?.find((type) => !known.includes(type));
  if (unknown !== undefined) throw unknownTypes(unknown, known);
}

/** The error for a name in `--types` that has no handler. */
export function unknownTypes(type: string, known: string[]): LajuError {
  const [close] = nearest(type, known, 1);
  return new LajuError(`no handler app/jobs/${type}.ts${inThisBuild()}`, {
    code: "E_JOB_TYPE",
    exitStatus: 2,
    hint: close === undefined ? `The handlers are ${known.join(", ") || "none"}.` : `Did you mean ${close}?`,
  });
}

/** A hint that the file may exist but be newer than the build. */
function inThisBuild(): string {
  return typeof LAJU_BUILT === "undefined" ? "" : " in this build (npm run build adds new ones)";
}

function stopOnSignals(worker: Worker, patienceMs: number): () => void {
  let count = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    count++;
    if (count > 1) return worker.abort(`received ${signal} twice`);
    logInfo("Worker stopping", { signal });
    worker.stop(patienceMs);
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  return () => process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
}

/**
 * Logs the rejection of a promise that a handler did not await. No job fails, because we can't tell which one caused
 * it.
 */
function noteStray(reason: unknown): void {
  logError("Unhandled rejection in a job's handler", isError(reason) ? reason : { reason });
}
