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

/** Works off the queue until SIGTERM or SIGINT, and tells what was done. A second signal aborts what runs. */
export async function workUntilStopped(options: WorkOptions, given?: Handlers): Promise<WorkerSummary> {
  const { handlers, problems } = given === undefined ? await loadHandlers() : whole(given);
  reportProblems(problems, options.types);
  checkTypes(options.types, [...handlers.keys()]);
  // The jobs of a handler that can't be used wait for a worker that can.
  const types = options.types ?? (problems.size > 0 ? [...handlers.keys()] : undefined);
  if (types?.length === 0) throw [...problems.values()][0];
  const engine = await queueEngine();
  const worker = new Worker({ ...options, types, engine, handlers });
  const stopListening = stopOnSignals(worker, options.patienceMs);
  process.on("unhandledRejection", noteStray);
  try {
    await worker.start();
    const paused = await engine.paused().catch((): string[] => []); // It starts without a database too.
    logInfo("Worker started", {
      concurrency: options.concurrency,
      types: options.types ?? [...handlers.keys()],
      patience: patienceText(options),
      // Else whoever wonders why it does nothing would not think of that.
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

/** "25s (default)": whoever asks why a stopped worker gave a job back finds it in the log. */
function patienceText({ patienceMs, patienceReason }: WorkOptions): string {
  const text = formatDuration(patienceMs);
  return patienceReason === undefined ? text : `${text} (${patienceReason})`;
}

function whole(handlers: Handlers): LoadedHandlers {
  return { handlers, problems: new Map() };
}

/** A handler that can't be used keeps the worker from its own jobs alone, unless it was asked for by name. */
function reportProblems(problems: LoadedHandlers["problems"], types: readonly string[] | undefined): void {
  for (const [name, error] of problems) {
    if (types?.includes(name)) throw error;
    logError(`The handler ${name} can't be used: this worker does no jobs of that type`, error);
  }
}

function checkTypes(types: readonly string[] | undefined, known: string[]): void {
  const unknown = types?.find((type) => !known.includes(type));
  if (unknown !== undefined) throw unknownTypes(unknown, known);
}

/** `--types` names no handler. */
export function unknownTypes(type: string, known: string[]): LajuError {
  const [close] = nearest(type, known, 1);
  return new LajuError(`no handler app/jobs/${type}.ts${inThisBuild()}`, {
    code: "E_JOB_TYPE",
    exitStatus: 2,
    hint: close === undefined ? `There are ${known.join(", ") || "none"}.` : `Did you mean ${close}?`,
  });
}

/** The file may well be there, and newer than the build. */
function inThisBuild(): string {
  return typeof LAJU_BUILT === "undefined" ? "" : " in this build (npm run build takes in what is new)";
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

/** A promise that a handler left alone. Whose it was cannot be known, and the other jobs are not to blame. */
function noteStray(reason: unknown): void {
  logError("A promise was rejected that no job waits for", isError(reason) ? reason : { reason });
}
