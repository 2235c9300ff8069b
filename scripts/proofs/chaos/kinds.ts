/** The payload of a job. */
export interface Load {
  n: string;
  /** How long it takes, in milliseconds. */
  ms: number;
  /** Its `unique` key, to be found among unfinished jobs. */
  unique?: string;
  /** The name of the harmful value, for the kinds that have one (poison.ts). */
  poison?: string;
  poisonData?: unknown;
}

export interface Kind {
  attempts: number;
  /** Default 200ms. */
  backoff?: string;
  /** How many may run at a time across all workers. */
  concurrency?: number;
  timeout?: string;
  /** How the job must end; "either" means that it may fail or complete. */
  expected: "completed" | "failed" | "either";
  /** Only new workers have a handler; old ones run alongside, as in a rolling deployment. */
  isNew?: boolean;
  /** Only the workers reserved for this kind have a handler. */
  isLone?: boolean;
  /** Only one job with the same unique key may be unfinished or running at a time. */
  isUnique?: boolean;
  /** Jobs of this kind must start in the order in which they were queued. */
  isOrdered?: boolean;
  /** Each run is a separate job with the data of the previous one. */
  isChain?: boolean;
  /** How often producers push it, compared with the others. */
  weight: number;
  ms: [least: number, most: number];
}

const patient = { attempts: 50, expected: "completed" } as const;

export const kinds = {
  Quick: { ...patient, weight: 40, ms: [0, 20] },
  Slow: { ...patient, weight: 3, ms: [300, 2500] },
  Long: { ...patient, weight: 4, ms: [3000, 6000] },
  Delayed: { ...patient, weight: 8, ms: [0, 20] },
  /** One attempt: fails only if its worker died or abandoned it. */
  Single: { ...patient, attempts: 1, weight: 12, ms: [0, 60] },
  /**
   * One attempt, which counts only if it started. Its worker holds no other job, so this one can be blamed for its
   * death.
   */
  Lone: { ...patient, attempts: 1, isLone: true, weight: 0, ms: [0, 20] },
  /** Fails on its first attempt and is retried soon, often by the same worker. */
  LoneFlaky: { ...patient, backoff: "800ms", isLone: true, weight: 0, ms: [2000, 2500] },
  Limited: { ...patient, concurrency: 2, weight: 8, ms: [20, 150] },
  Ordered: { ...patient, concurrency: 1, isOrdered: true, weight: 8, ms: [0, 30] },
  Unique: { ...patient, isUnique: true, weight: 6, ms: [50, 400] },
  /** Fails on its first attempt. */
  Flaky: { ...patient, weight: 10, ms: [20, 500] },
  Hopeless: { attempts: 2, expected: "failed", weight: 3, ms: [0, 20] },
  /** Fails, and is queued again by hand. */
  Revived: { attempts: 1, expected: "either", isUnique: true, weight: 3, ms: [0, 20] },
  /** Only new workers have a handler. */
  Recent: { ...patient, isNew: true, weight: 4, ms: [0, 20] },
  /** Ignores its time limit. */
  Deaf: { attempts: 1, timeout: "200ms", concurrency: 1, expected: "failed", weight: 3, ms: [1100, 1100] },
  /** Kills its worker. */
  Killer: { attempts: 2, expected: "failed", weight: 0.15, ms: [0, 0] },
  BadError: { attempts: 1, expected: "failed", weight: 2, ms: [0, 0] },
  BadResult: { attempts: 1, expected: "either", weight: 3, ms: [0, 0] },
  BadProgress: { ...patient, expected: "either", weight: 1, ms: [0, 0] },
  BadData: { ...patient, weight: 1, ms: [0, 0] },
  /** Fails, and is queued again each time: each run has one successor. */
  Chain: { attempts: 1, isChain: true, expected: "either", weight: 0, ms: [0, 20] },
  /** Runs every two seconds, once per due time. */
  Cron: { attempts: 1, isChain: true, expected: "either", weight: 0, ms: [0, 2500] },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

export const kindNames = Object.keys(kinds) as KindName[];

export function kindOf(name: string): Kind {
  return kinds[name as KindName];
}

/** The name of one run in a chain. */
export function linkName(chain: string, id: number): string {
  return `${chain}#${id}`;
}

/** An order to a producer, as one line of JSON on its standard input: how many of each kind to push at once. */
export type PushOrder = Partial<Record<KindName, number>>;
