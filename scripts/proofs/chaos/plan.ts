import { chosen, seeded } from "../../seeded";

export const engines = ["sqlite", "postgresql", "mariadb", "redis"] as const;
export type EngineName = (typeof engines)[number];

/** One fault: when it begins (after the start), what it affects, and how long it lasts, in milliseconds. */
export interface Fault {
  at: number;
  name: FaultName;
  /** From 0 to 1: selects the target among the possible ones. */
  target: number;
  ms: number;
  /** Its strength, from 0 to 1. */
  force: number;
}

interface FaultKind {
  weight: number;
  ms: [least: number, most: number];
  on?: readonly EngineName[];
  /** What the machine must provide. */
  needs?: "root" | "faketime";
}

const servers = ["postgresql", "mariadb", "redis"] as const;

/** The kinds of faults, with their relative frequencies. */
const faultKinds = {
  /** kill -9 of a worker, which is then restarted, as by pm2. */
  kill: { weight: 10, ms: [0, 0] },
  /** SIGTERM: jobs that don't end within a moment are returned. */
  term: { weight: 4, ms: [0, 0] },
  killProducer: { weight: 1, ms: [0, 0] },
  /** SIGSTOP for less than a lease, and for longer than one. */
  freeze: { weight: 3, ms: [500, 3000] },
  freezeLong: { weight: 2, ms: [10_500, 13_000] },
  clock: { weight: 2, ms: [2000, 6000], needs: "faketime" },
  fullDisk: { weight: 4, ms: [2000, 9000], on: ["sqlite"], needs: "root" },
  lockFile: { weight: 3, ms: [500, 4000], on: ["sqlite"] },
  crash: { weight: 3, ms: [300, 4000], on: servers },
  /** Redis comes back with an older copy of its files: all jobs acknowledged since are lost, and ids are reused. */
  rewind: { weight: 12, ms: [500, 1500], on: ["redis"] },
  disconnect: { weight: 4, ms: [0, 0], on: servers },
  delay: { weight: 3, ms: [1000, 5000], on: servers },
  cut: { weight: 4, ms: [0, 0], on: servers },
  /** Replies to all kinds of statements are lost. */
  swallow: { weight: 6, ms: [1500, 5000], on: servers },
  /**
   * Replies are lost while a worker dies, so that others take over its jobs, or while a worker has to return its jobs.
   */
  swallowAndKill: { weight: 5, ms: [2500, 5000], on: servers },
  swallowAndTerm: { weight: 3, ms: [2500, 5000], on: servers },
  /** A heartbeat's reply is older than the attempt that its worker has started. Not on Redis: all queries share a connection. */
  lateNews: { weight: 4, ms: [0, 0], on: ["postgresql", "mariadb"] },
  /** A worker dies after the store has given it a job but before it receives the reply, so the job never started. */
  killUnstarted: { weight: 4, ms: [0, 0], on: servers },
  halfOpen: { weight: 3, ms: [2000, 9000], on: servers },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof faultKinds;

export interface Means {
  isRoot: boolean;
  hasFaketime: boolean;
}

/** The planned faults. The same seed gives the same plan. */
export function planOf(engine: EngineName, minutes: number, seed: number, means: Means): Fault[] {
  const random = seeded(seed);
  const possible = Object.entries<FaultKind>(faultKinds)
    .filter(([, habit]) => isPossible(habit, engine, means))
    .map(([name, habit]) => [name as FaultName, habit.weight] as const);
  const plan: Fault[] = [];
  for (let at = 2500; at < minutes * 60_000; at += 800 + random() * 2800) {
    const name = chosen(possible, random);
    const [least, most] = faultKinds[name].ms;
    const ms = Math.round(least + random() * (most - least));
    plan.push({ at: Math.round(at), name, target: random(), ms, force: random() });
  }
  return plan;
}

function isPossible({ on, needs }: FaultKind, engine: EngineName, { isRoot, hasFaketime }: Means): boolean {
  if (on !== undefined && !on.includes(engine)) return false;
  return needs === undefined || (needs === "root" ? isRoot : hasFaketime);
}
