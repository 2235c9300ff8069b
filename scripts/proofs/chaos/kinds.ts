/** What a job of the chaos carries. */
export interface Load {
  n: string;
  /** How long it works. */
  ms: number;
  /** Its `unique`, to be looked for among unfinished jobs. */
  unique?: string;
  /** The name of a poison, for the kinds that have one. */
  poison?: string;
  poisonData?: unknown;
}

export interface Kind {
  attempts: number;
  /** Default 200ms. */
  backoff?: string;
  /** How many may run at one time, over all workers. */
  concurrency?: number;
  timeout?: string;
  /** How it must end; "either": as it likes, but it must end. */
  expected: "completed" | "failed" | "either";
  /** Only new workers know it: old ones run beside them, as in a rolling deployment. */
  isNew?: boolean;
  /** Only workers that do nothing else know it. */
  isLone?: boolean;
  /** At one time of a unique word only one may be unfinished, or run. */
  isUnique?: boolean;
  /** Begun in the order in which they were queued. */
  isOrdered?: boolean;
  /** Each run is a job of its own, with the data of the one before. */
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
  /** One attempt: it fails only where its worker died or gave it up while it ran. */
  Single: { ...patient, attempts: 1, weight: 12, ms: [0, 60] },
  /** One attempt, which doesn't count unless it began. Its worker holds nothing else, so its death can be blamed on it. */
  Lone: { ...patient, attempts: 1, isLone: true, weight: 0, ms: [0, 20] },
  /** Fails at its first attempt, and is retried soon, as likely as not by the same worker. */
  LoneFlaky: { ...patient, backoff: "800ms", isLone: true, weight: 0, ms: [2000, 2500] },
  Limited: { ...patient, concurrency: 2, weight: 8, ms: [20, 150] },
  Ordered: { ...patient, concurrency: 1, isOrdered: true, weight: 8, ms: [0, 30] },
  Unique: { ...patient, isUnique: true, weight: 6, ms: [50, 400] },
  /** Fails at its first attempt. */
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
  /** Fails, and is queued anew each time: one successor for each. */
  Chain: { attempts: 1, isChain: true, expected: "either", weight: 0, ms: [0, 20] },
  /** Every two seconds: one run for each moment. */
  Cron: { attempts: 1, isChain: true, expected: "either", weight: 0, ms: [0, 2500] },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

export const kindNames = Object.keys(kinds) as KindName[];

export function kindOf(name: string): Kind {
  return kinds[name as KindName];
}

/** What a run of a chain is called. */
export function linkName(chain: string, id: number): string {
  return `${chain}#${id}`;
}

/** An order to a producer, as one line of JSON on its standard input: how many of each kind to push at once. */
export type PushOrder = Partial<Record<KindName, number>>;
