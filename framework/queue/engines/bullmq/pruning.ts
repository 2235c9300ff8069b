import type { Scripts } from "./scripts";

/**
 * The maximum number of jobs to delete in one operation, which blocks all other clients of Redis. Deleting 500 took 42
 * ms on a busy machine.
 */
const most = 100;

const finished = ["completed", "failed", "cancelled"];

/**
 * Deletes finished jobs. Remembers how many of each queue's oldest jobs are kept, so that the next call starts after them.
 */
export class Pruning {
  #kept = new Map<string, number>();

  constructor(readonly scripts: Scripts) {}

  /** Returns how many jobs it deleted. */
  async prune(keepMs: number, limit: number): Promise<number> {
    const types = await this.scripts.run<string[]>("types");
    const places = types.flatMap((type) => finished.map((state) => [type, state] as const));
    const words = places.flatMap((place) => [...place, this.#kept.get(place.join(":")) ?? 0]);
    const reply = await this.scripts.run<number[]>("prune", [keepMs, Math.min(limit, most), ...words]);
    const [deleted = 0, ...kept] = reply;
    this.#kept = new Map(places.map((place, at) => [place.join(":"), kept[at] ?? 0]));
    return deleted;
  }
}
