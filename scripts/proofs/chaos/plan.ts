import { chosen, seeded } from "../../seeded";

export const engines = ["sqlite", "postgresql", "mariadb", "redis"] as const;
export type EngineName = (typeof engines)[number];

/** A fault: when it begins (after the start of the test), what it affects, and how long it lasts, in milliseconds. */
export interface Fault {
  at: number;
  name: FaultName;
  /** Selects one of the possible targets, by a number from 0 to 1. */
  target: number;
  ms: number;
  /** How strong the fault is, from 0 to 1. */
  force: number;
}

interface FaultKind {
  weight: number;
  ms: [least: number, most: number];
  on?: readonly EngineName[];
  /** What the machine must provide for this fault. */
  needs?: "root" | "faketime";
}

const servers = ["postgresql", "mariadb", "redis"] as const;

/** The kinds of faults, with how often they occur (weight) and how long they last (ms). */
const faultKinds = {
  /** Kills a worker with SIGKILL. It is then restarted, as under pm2. */
  kill: { weight: 10, ms: [0, 0] },
  /** Sends SIGTERM to a worker, which returns the jobs that don't end soon. */
  term: { weight: 4, ms: [0, 0] },
  killProducer: { weight: 1, ms: [0, 0] },
  /** Stops a worker with SIGSTOP, for less than a lease or for more than one. */
  freeze: { weight: 3, ms: [500, 3000] },
  freezeLong: { weight: 2, ms: [10_500, 13_000] },
  clock: { weight: 2, ms: [2000, 6000], needs: "faketime" },
  fullDisk: { weight: 4, ms: [2000, 9000], on: ["sqlite"], needs: "root" },
  lockFile: { weight: 3, ms: [500, 4000], on: ["sqlite"] },
  crash: { weight: 3, ms: [300, 4000], on: servers },
  /** Restores an older copy of Redis's files: jobs acknowledged since then are lost, and their ids are used again. */
  rewind: { weight: 12, ms: [500, 1500], on: ["redis"] },
  disconnect: { weight: 4, ms: [0, 0], on: servers },
  delay: { weight: 3, ms: [1000, 5000], on: servers },
  cut: { weight: 4, ms: [0, 0], on: servers },
  /** Loses replies of the server, whatever the statement. */
  swallow: { weight: 6, ms: [1500, 5000], on: servers },
  /**
   * Loses replies while a worker dies and others take over its jobs, or while a worker is told to stop and returns its
   * jobs.
   */
  swallowAndKill: { weight: 5, ms: [2500, 5000], on: servers },
  swallowAndTerm: { weight: 3, ms: [2500, 5000], on: servers },
  /**
   * Delays the reply to a heartbeat until the worker has started the job's next attempt. Not on Redis, where heartbeats
   * and all other queries share a connection.
   */
  lateNews: { weight: 4, ms: [0, 0], on: ["postgresql", "mariadb"] },
  /**
   * Kills a worker after the store has given it a job, but before it gets the reply. The job has then never started.
   */
  killUnstarted: { weight: 4, ms: [0, 0], on: servers },
  halfOpen: { weight: 3, ms: [2000, 9000], on: servers },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof faultKinds;

export interface Means {
  isRoot: boolean;
  hasFaketime: boolean;
}

/** Plans the faults. The same seed gives the same plan. */
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
