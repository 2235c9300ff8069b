import type { Holder, QueueEngine } from "../../queue/engine";
import { type JobState, jobStates, type QueueCounts } from "../../queue/jobRecord";
import { isDead } from "../../queue/worker/liveness";

/** The state of the queue: `queue:status --json`, and `queue` in `status --json`. */
export interface QueueState {
  total: Record<JobState, number>;
  types: TypeState[];
  /** The paused types; "*" means all. */
  paused: string[];
  workers: WorkerState[];
}

export interface TypeState extends Record<JobState, number> {
  type: string;
  isPaused: boolean;
  /** Whether a running worker handles the type. Also true if a running worker doesn't say which types it handles. */
  isTaken: boolean;
}

export interface WorkerState extends Pick<Holder, "id" | "host" | "pid" | "concurrency" | "startedAt"> {
  /** The types that the worker handles; null if unknown. */
  types: readonly string[] | null;
  isAlive: boolean;
}

export async function readQueueState(engine: QueueEngine): Promise<QueueState> {
  const [counts, paused, holders] = await Promise.all([engine.counts(), engine.paused(), engine.holders()]);
  const workers = holders.map((holder) => {
    const { id, host, pid, concurrency, startedAt, types = null } = holder;
    return { id, host, pid, concurrency, startedAt, types, isAlive: !isDead(holder) };
  });
  return { total: counts.byState, types: typesOf(counts, paused, workers), paused, workers };
}

function typesOf({ byType }: QueueCounts, paused: string[], workers: WorkerState[]): TypeState[] {
  const takers = workers.filter(({ isAlive }) => isAlive).map(({ types }) => types);
  const names = [...new Set([...byType.map(({ type }) => type), ...paused])].filter((name) => name !== "*");
  return names.sort().map((type) => {
    const count = (state: JobState) => byType.find((row) => row.type === type && row.state === state)?.count;
    const counts = Object.fromEntries(jobStates.map((state) => [state, count(state) ?? 0]));
    const isPaused = paused.includes(type) || paused.includes("*");
    const isTaken = takers.some((types) => types === null || types.includes(type));
    return { type, ...(counts as Record<JobState, number>), isPaused, isTaken };
  });
}

export function aliveWorkers({ workers }: QueueState): WorkerState[] {
  return workers.filter(({ isAlive }) => isAlive);
}

/**
 * The queue's problems that need attention, one sentence each. `isStarted` says that cron starts the workers, so it is
 * no problem if none is running now.
 */
export function queueTroubles(state: QueueState, isStarted = false): string[] {
  const { failed, parked: total } = state.total;
  const parked = state.types.filter((type) => type.parked > 0);
  const ready = state.types.reduce((sum, { pending, isPaused }) => sum + (isPaused ? 0 : pending), 0);
  return [
    ...(failed > 0 ? [failed === 1 ? "1 job has failed" : `${failed} jobs have failed`] : []),
    ...(ready > 0 && !isStarted && aliveWorkers(state).length === 0
      ? [`${ready === 1 ? "1 job is" : `${ready} jobs are`} ready, but no worker is running`]
      : []),
    ...(parked.length > 0
      ? [
          `${total === 1 ? "1 job is" : `${total} jobs are`} parked, because no worker handles ${names(parked)}`,
        ]
      : []),
  ];
}

/** "Mail", "Mail and 3 other types". */
function names([first, ...others]: TypeState[]): string {
  const more = others.length === 1 ? "1 other type" : `${others.length} other types`;
  return others.length === 0 ? `${first?.type}` : `${first?.type} and ${more}`;
}

/** "queue: 3 ready, 1 leased, 1 failed". */
export function queueLine(state: QueueState): string {
  const { pending, parked, processing, failed } = state.total;
  const counts: [number, string][] = [
    [pending, "ready"],
    [parked, "parked"],
    [processing, "leased"],
    [failed, "failed"],
  ];
  const parts = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  if (parts.length === 0) parts.push("nothing to do");
  if (pending > 0 && aliveWorkers(state).length === 0) parts.push("no worker");
  if (state.paused.length > 0) parts.push(state.paused.includes("*") ? "paused" : "partly paused");
  return `queue: ${parts.join(", ")}`;
}
