import type { Holder, QueueEngine } from "../../engine";
import { isDead } from "../liveness";

/** How long jobs that no worker handles stay ready before they are parked, in milliseconds. */
const patience = 60_000;
const pauseBetween = 20;

export interface ParkingOptions {
  engine: QueueEngine;
  /** The types that this worker handles. */
  types: readonly string[];
  /** Called when parked jobs were made ready. */
  onReady(): void;
  /** Called when jobs were parked because no worker handles them. */
  onParked(type: string, count: number): void;
  idleMs?: number | undefined;
}

/**
 * Parks jobs of types that no living worker handles (during a deploy, or after a handler was removed), so that claims
 * don't have to skip them. A worker that handles such a type makes its jobs ready again before its first claim.
 */
export class Parking {
  #isOver = false;

  constructor(readonly options: ParkingOptions) {}

  async fetchOwn(): Promise<void> {
    const { engine, types, onReady } = this.options;
    if (types.length === 0) return;
    while (!this.#isOver && (await engine.unpark(types)) > 0) onReady();
  }

  async parkOthers(holders: readonly Holder[]): Promise<void> {
    const taken = typesTaken(holders);
    // A worker of the previous release doesn't report its types, so it may handle all of them.
    if (taken === undefined) return;
    for (const type of await this.options.engine.readyTypes()) {
      if (!taken.has(type) && !this.options.types.includes(type)) await this.#park(type);
    }
  }

  stop(): void {
    this.#isOver = true;
  }

  async #park(type: string): Promise<void> {
    const { engine, onParked, idleMs = patience } = this.options;
    let count = 0;
    for (let parked = 1; parked > 0 && !this.#isOver; count += parked) {
      parked = await engine.park(type, idleMs);
      if (parked > 0) await new Promise((resolve) => setTimeout(resolve, pauseBetween));
    }
    if (count > 0) onParked(type, count);
  }
}

function typesTaken(holders: readonly Holder[]): Set<string> | undefined {
  const living = holders.filter((holder) => !isDead(holder));
  if (living.some(({ types }) => types == null)) return undefined;
  return new Set(living.flatMap(({ types }) => types ?? []));
}
