/** The data of a job. */
export interface Load {
  n: string;
  /** How long the handler takes, in milliseconds. */
  ms: number;
  /** The job's `unique` key. It is part of the data too, so that the checks can find it. */
  unique?: string;
  /** The name of a harmful value, for kinds that use one (poison.ts). */
  poison?: string;
  poisonData?: unknown;
}

export interface Kind {
  attempts: number;
  /** The delay before a retry (default: 200 ms). */
  backoff?: string;
  /** How many jobs of this kind may run at once, over all workers. */
  concurrency?: number;
  timeout?: string;
  /** How the job has to end; "either" means completed or failed. */
  expected: "completed" | "failed" | "either";
  /** Whether only "new" workers have a handler. "Old" workers run next to them, as in a rolling deployment. */
  isNew?: boolean;
  /** Whether only "lone" workers have a handler. */
  isLone?: boolean;
  /** Whether only one job with the same unique key may be unfinished or running at a time. */
  isUnique?: boolean;
  /** Whether jobs of this kind have to start in the order in which they were queued. */
  isOrdered?: boolean;
  /** Whether each run is a separate job, with the data of the previous one. */
  isChain?: boolean;
  /** How often producers push jobs of this kind, relative to other kinds. */
  weight: number;
  ms: [least: number, most: number];
}

const patient = { attempts: 50, expected: "completed" } as const;

export const kinds = {
  Quick: { ...patient, weight: 40, ms: [0, 20] },
  Slow: { ...patient, weight: 3, ms: [300, 2500] },
  Long: { ...patient, weight: 4, ms: [3000, 6000] },
  Delayed: { ...patient, weight: 8, ms: [0, 20] },
  /** Has one attempt, so it fails only if its worker died or lost it. */
  Single: { ...patient, attempts: 1, weight: 12, ms: [0, 60] },
  /**
   * Has one attempt, which counts only if it started. Its worker holds no other job, so if the worker dies, this job
   * counts as the cause.
   */
  Lone: { ...patient, attempts: 1, isLone: true, weight: 0, ms: [0, 20] },
  /** Fails on its first attempt. Its retry follows soon, often on the same worker. */
  LoneFlaky: { ...patient, backoff: "800ms", isLone: true, weight: 0, ms: [2000, 2500] },
  Limited: { ...patient, concurrency: 2, weight: 8, ms: [20, 150] },
  Ordered: { ...patient, concurrency: 1, isOrdered: true, weight: 8, ms: [0, 30] },
  Unique: { ...patient, isUnique: true, weight: 6, ms: [50, 400] },
  /** Fails on its first attempt. */
  Flaky: { ...patient, weight: 10, ms: [20, 500] },
  Hopeless: { attempts: 2, expected: "failed", weight: 3, ms: [0, 20] },
  /** Fails, and is then retried by hand. */
  Revived: { attempts: 1, expected: "either", isUnique: true, weight: 3, ms: [0, 20] },
  /** Only "new" workers have a handler for this kind. */
  Recent: { ...patient, isNew: true, weight: 4, ms: [0, 20] },
  /** Continues after its time limit. */
  Deaf: { attempts: 1, timeout: "200ms", concurrency: 1, expected: "failed", weight: 3, ms: [1100, 1100] },
  /** Kills the worker that runs it. */
  Killer: { attempts: 2, expected: "failed", weight: 0.15, ms: [0, 0] },
  BadError: { attempts: 1, expected: "failed", weight: 2, ms: [0, 0] },
  BadResult: { attempts: 1, expected: "either", weight: 3, ms: [0, 0] },
  BadProgress: { ...patient, expected: "either", weight: 1, ms: [0, 0] },
  BadData: { ...patient, weight: 1, ms: [0, 0] },
  /** Fails, and is queued again each time. Each run has exactly one successor. */
  Chain: { attempts: 1, isChain: true, expected: "either", weight: 0, ms: [0, 20] },
  /** Runs every two seconds, once per scheduled time. */
  Cron: { attempts: 1, isChain: true, expected: "either", weight: 0, ms: [0, 2500] },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

export const kindNames = Object.keys(kinds) as KindName[];

export function kindOf(name: string): Kind {
  return kinds[name as KindName];
}

/** The name of one job in a chain. */
export function linkName(chain: string, id: number): string {
  return `${chain}#${id}`;
}

/** An order to a producer: how many jobs of each kind to push at once. Sent as a line of JSON to its standard input. */
export type PushOrder = Partial<Record<KindName, number>>;
