import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { processIdentity } from "../../process/thisProcess";
import { logWarn } from "../../services/Logger";
import type { ClaimedJob, Holder, QueueEngine } from "../engine";
import { isOutage } from "../outage";
import type { BegunLog } from "./attempt/begunLog";
import type { Parking } from "./attempt/parking";
import { isDead } from "./liveness";
import { type Reconciliation, UnderWay } from "./reconciliation";

const beatEvery = 1000;
const lookEvery = 500;
const pruneEvery = 60_000;
const parkEvery = 2000;
/** So many rows at a time: a large deletion would keep the lock from everybody else. */
const pruneLimit = 500;

export interface MaintenanceOptions {
  leaseMs: number;
  keepMs: number;
  concurrency: number;
  /** The types that this worker takes. */
  types: readonly string[];
  reconciliation: Reconciliation;
  begun: BegunLog;
  parking: Parking;
  /** Everything this worker held is somebody else's. From now on it has another id. */
  onEvicted(): void;
  /** These are this worker's now, and were a dead one's. */
  onTaken(jobs: readonly ClaimedJob[], from: Holder): void;
  /** Now and then. */
  onTick(): void;
  /** The lease was over, and goes on: nobody had taken this worker for dead. */
  onProlonged(): void;
}

/** What a worker does beside its jobs: it sends heartbeats, takes over from dead workers and deletes old jobs. */
export class Maintenance {
  id = newId();
  /** Of a registration that was asked for and not answered: it may have been made. */
  #nextId: string | undefined;
  readonly takeovers = new UnderWay();
  /** Until when nobody may take this worker for dead, as far as it knows; by the monotonic clock. */
  #leaseEnd = Number.POSITIVE_INFINITY;
  #timers: NodeJS.Timeout[] = [];
  #reminder: NodeJS.Timeout | undefined;
  #busy = new Map<string, Promise<void>>();
  #isOver = false;
  #holders: readonly Holder[] = [];

  constructor(
    readonly engine: QueueEngine,
    readonly options: MaintenanceOptions,
  ) {}

  async start(poll: () => void): Promise<void> {
    await this.#register(this.id);
    this.#every(beatEvery, "heartbeat", () => this.#beat());
    this.#every(lookEvery, "look for dead workers", () => this.#takeOver());
    // At once as well: a worker that cron starts with --once never lives for long.
    this.#every(pruneEvery, "pruning", () => this.#prune())();
    this.#every(parkEvery, "parking", () => this.#park());
    this.#timers.push(setInterval(poll, this.engine.pollMs));
    // Before the first claim: a worker that cron starts with --once would find nothing to do.
    await unlessAway(this.options.parking.fetchOwn());
    await unlessAway(this.#takeOver());
  }

  /**
   * Whether others may have taken this worker for dead: it was frozen, or the store was away. What it has not begun may be
   * somebody else's, and may have been done.
   */
  isLeaseOver(now: number): boolean {
    return now > this.#leaseEnd;
  }

  /** Calls back when the next job is due, if that is before the next poll. */
  remind(due: number | null, onDue: () => void): void {
    clearTimeout(this.#reminder);
    const wait = due === null ? Number.POSITIVE_INFINITY : due - Date.now();
    if (wait <= this.engine.pollMs) this.#reminder = setTimeout(onDue, Math.max(1, wait));
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#reminder);
    this.#isOver = true;
    this.options.parking.stop();
    await Promise.all(this.#busy.values());
    // Where it can't be told, its lease ends, and it holds nothing.
    await unlessAway(this.engine.unregister(this.id));
    this.options.begun.close();
  }

  /** One round of each kind at a time. A failed one is logged, and the next one comes anyway. */
  #every(milliseconds: number, what: string, work: () => Promise<void>): () => void {
    let lastError = "";
    const failed = ({ message }: Error) => {
      // Each second the same would fill the log, on a full disk of all places.
      if (message !== lastError) logWarn(`The worker's ${what} failed`, { error: message });
      lastError = message;
    };
    const worked = () => {
      lastError = "";
    };
    const round = () => {
      if (this.#busy.has(what)) return;
      const under = work()
        .then(worked, failed)
        .finally(() => this.#busy.delete(what));
      this.#busy.set(what, under);
    };
    this.#timers.push(setInterval(round, milliseconds));
    return round;
  }

  async #register(id: string): Promise<void> {
    const { concurrency, leaseMs, types, begun } = this.options;
    const { pid } = process;
    const who = { id, host: hostname(), pid, identity: processIdentity(pid) };
    const asked = performance.now();
    await this.engine.register({ ...who, concurrency, leaseMs, types });
    this.#leaseEnd = asked + leaseMs;
    begun.open(id);
  }

  async #beat(): Promise<void> {
    this.options.onTick();
    const { leaseMs, reconciliation } = this.options;
    const asked = performance.now();
    const reconcile = reconciliation.begin();
    try {
      const { isKnown, held } = await this.engine.heartbeat({ worker: this.id, leaseMs });
      if (isKnown) {
        reconcile(held);
        return this.#prolonged(asked + leaseMs);
      }
    } catch (error) {
      reconciliation.cancel();
      throw error;
    }
    reconciliation.cancel();
    await this.#beginAnew();
  }

  #prolonged(end: number): void {
    const wasOver = this.isLeaseOver(performance.now());
    this.#leaseEnd = end;
    if (wasOver) this.options.onProlonged();
  }

  async #beginAnew(): Promise<void> {
    this.#nextId ??= newId();
    await this.#register(this.#nextId);
    this.id = this.#nextId;
    this.#nextId = undefined;
    this.options.onEvicted();
  }

  async #takeOver(): Promise<void> {
    this.#holders = await this.engine.holders();
    for (const holder of this.#holders.filter(({ id }) => id !== this.id)) {
      if (!isDead(holder)) continue;
      await this.takeovers.add(this.#takeOverFrom(holder));
    }
  }

  async #takeOverFrom(holder: Holder): Promise<void> {
    const by = this.id;
    const jobs = await this.engine.takeOver(holder, by);
    if (jobs.length > 0 && by === this.id) this.options.onTaken(jobs, holder);
  }

  async #park(): Promise<void> {
    const { parking } = this.options;
    await parking.fetchOwn();
    await parking.parkOthers(this.#holders);
  }

  async #prune(): Promise<void> {
    while ((await this.engine.prune(this.options.keepMs, pruneLimit)) > 0 && !this.#isOver) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The next round, a moment later, finds what this one missed. */
async function unlessAway(work: Promise<void>): Promise<void> {
  await work.catch((error) => {
    if (!isOutage(error)) throw error;
  });
}

function newId(): string {
  return randomBytes(8).toString("hex");
}
