import { withQueue } from "../queue/openQueue";
import type { QueueState, TypeState } from "../queue/queueState";

/** The queue's job types, failing ones first, each with its newest failure. */
export interface QueueReport {
  types: QueueType[];
  /** Why the queue could not be read; undefined if it was read or there is no queue. */
  problem?: string | undefined;
}

export interface QueueType extends TypeState {
  newestFailure: { id: number; error: string; at: number | null } | null;
}

/** The maximum number of types for which to read the newest failure. */
const maxAsked = 30;

/** Reads what a report shows about the queue in addition to what `status` has read. */
export async function readQueueReport({
  queue,
  queueProblem,
}: {
  queue: QueueState | null;
  queueProblem?: string | undefined;
}): Promise<QueueReport> {
  if (queue === null) return { types: [], problem: queueProblem };
  const types = [...queue.types].sort((a, b) => b.failed - a.failed || (a.type < b.type ? -1 : 1));
  const asked = types.filter(({ failed }) => failed > 0).slice(0, maxAsked);
  const withFailures = (failures: NewestFailures) =>
    types.map((type) => ({ ...type, newestFailure: failures.get(type.type) ?? null }));
  try {
    return { types: withFailures(await newestFailures(asked.map(({ type }) => type))) };
  } catch (error) {
    return { types: withFailures(new Map()), problem: error.message };
  }
}

type NewestFailures = Map<string, QueueType["newestFailure"]>;

async function newestFailures(types: readonly string[]): Promise<NewestFailures> {
  if (types.length === 0) return new Map();
  return withQueue(async (engine) => {
    const failures: NewestFailures = new Map();
    for (const type of types) {
      const [job] = await engine.list({ states: ["failed"], types: [type], limit: 1 });
      if (job !== undefined) failures.set(type, { id: job.id, error: job.error ?? "", at: job.finishedAt });
    }
    return failures;
  });
}
