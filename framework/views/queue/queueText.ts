import { clipped, columns } from "../../cli/table";
import type { Terminal } from "../../cli/terminal";
import { formatDuration } from "../../config/duration";
import { jobStates } from "../../queue/jobRecord";
import { printableLine } from "../../text/printable";
import { stateWords } from "./jobStates";
import type { QueueState, TypeState, WorkerState } from "./queueState";

/** The output of `node laju queue:status`. */
export function queueText(state: QueueState, now: number, terminal: Terminal): string {
  const { paint } = terminal;
  const room = terminal.width - 2;
  const table =
    state.types.length === 0
      ? ["  The queue is empty."]
      : typeTable(state).map((line, index) => {
          const text = `  ${clipped(line, room, terminal)}`;
          return index === 0 ? paint("dim", text) : text;
        });
  const workers = state.workers.map((worker) => workerLine(worker, now, terminal));
  const none = `  ${paint("dim", "No worker. node laju queue:work starts one here.")}`;
  const pause = state.paused.includes("*")
    ? ["", `  ${paint("yellow", "Paused: workers start no jobs.")}`]
    : [];
  return ["", ...table, "", ...(workers.length === 0 ? [none] : workers), ...pause].join("\n");
}

/** A table of the job types. States without jobs get no column. */
function typeTable({ types, workers }: QueueState): string[] {
  const hasWorkers = workers.some(({ isAlive }) => isAlive);
  const states = jobStates.filter((state) => types.some((row) => row[state] > 0));
  const rows = types.map((row) => [
    row.type,
    ...states.map((state) => String(row[state])),
    row.isPaused ? "paused" : hasWorkers && isStuck(row) ? "no worker handles it" : "",
  ]);
  const head = ["type", ...states.map((state) => stateWords[state]), ""];
  return columns([head, ...rows], { right: states.map((_, index) => index + 1) });
}

function isStuck({ pending, parked, isTaken }: TypeState): boolean {
  return pending + parked > 0 && !isTaken;
}

function workerLine(worker: WorkerState, now: number, { paint, symbols }: Terminal): string {
  const { id, pid, concurrency, startedAt, isAlive } = worker;
  const host = printableLine(worker.host);
  if (pid === null || startedAt === null) {
    return `  ${paint("red", symbols.failed)} worker ${id}  is gone; other workers will take over its jobs`;
  }
  const since = `${formatDuration(Math.max(0, now - startedAt))}, ${concurrency} at a time`;
  if (isAlive) return `  ${paint("green", symbols.done)} worker ${pid} on ${host}  for ${since}`;
  return `  ${paint("red", symbols.failed)} worker ${pid} on ${host}  is dead; other workers will take over its jobs`;
}
