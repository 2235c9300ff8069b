import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { processIdentity } from "../../process/thisProcess";
import { logWarn } from "../../services/Logger";
import type { ClaimedJob, Holder, QueueEngine, Verdict } from "../engine";
import { isOutage } from "../outage";
import type { AttemptLog } from "./attempt/attemptLog";
import type { Parking } from "./attempt/parking";
import { isDead } from "./liveness";
import { type Reconciliation, UnderWay } from "./reconciliation";

const beatEvery = 1000;
/** How long before the end of `safeMs` to stop starting jobs, in milliseconds, because starting a job takes time. */
const margin = 100;
const lookEvery = 500;
const pruneEvery = 60_000;
const parkEvery = 2000;
/** How many rows to delete at a time, because a large deletion would lock out all other processes. */
const pruneLimit = 500;

export interface MaintenanceOptions {
  leaseMs: number;
  keepMs: number;
  concurrency: number;
  /** The types that this worker handles. */
  types: readonly string[];
  reconciliation: Reconciliation;
  attemptLog: AttemptLog;
  parking: Parking;
  /** Called when other workers have taken over all of this worker's jobs. This worker continues under a new id. */
  onEvicted(): void;
  /** Decides about the jobs of a dead worker. */
  judge(jobs: readonly ClaimedJob[], from: Holder): Verdict;
  /** Called when this worker has taken over from a dead one and must settle the blamed jobs. */
  onTaken(blamed: readonly ClaimedJob[], from: Holder): void;
  /** Called regularly, with each heartbeat. */
  onTick(): void;
  /** Called when the answer to a heartbeat makes `isConfirmed` true again. */
  onConfirmed(): void;
}

/** A worker's background tasks: it sends heartbeats, takes over from dead workers and deletes old jobs. */
export class Maintenance {
  id = newId();
  /**
   * The id for registering again. Kept until the store confirms it, because an attempt whose answer got lost may have
   * registered it.
   */
  #nextId: string | undefined;
  readonly takeovers = new UnderWay();
  /** When the last answered heartbeat was sent, in milliseconds by the monotonic clock. */
  #confirmed = Number.NEGATIVE_INFINITY;
  /** When the store last failed, in milliseconds by the monotonic clock. */
  #failed = Number.NEGATIVE_INFINITY;
  /** How many heartbeats in a row were answered too late to confirm anything. */
  #late = 0;
  #beatNow = () => {};
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
    this.#confirmed = await this.#register(this.id);
    this.#beatNow = this.#every(beatEvery, "heartbeat", () => this.#beat());
    this.#every(lookEvery, "search for dead workers", () => this.#takeOver());
    // Prune at the start too, because a worker that cron starts with --once doesn't run for long.
    this.#every(pruneEvery, "pruning", () => this.#prune())();
    this.#every(parkEvery, "parking", () => this.#park());
    this.#timers.push(setInterval(poll, this.engine.pollMs));
    // Do this before the first claim. Otherwise a worker that cron starts with --once would find no jobs.
    await unlessAway(this.options.parking.fetchOwn());
    await unlessAway(this.#takeOver());
  }

  /** Whether other workers may consider this one dead. If so, it must not claim jobs under its current id. */
  get isLeaseOver(): boolean {
    return performance.now() > this.#confirmed + this.options.leaseMs;
  }

  /**
   * Whether the jobs that this worker has not started are still its own. Only a recent heartbeat shows that. After this
   * worker was frozen or disconnected, its jobs may belong to others and may even be done, and a store that crashed may
   * have lost its claims.
   */
  get isConfirmed(): boolean {
    return (
      this.#confirmed > this.#failed && performance.now() < this.#confirmed + this.engine.safeMs - margin
    );
  }

  /** Sends a heartbeat now, unless one is in flight. */
  confirm(): void {
    this.#beatNow();
  }

  /** Called when the store has failed. From then on, answers to earlier requests confirm nothing. */
  failed(): void {
    this.#failed = performance.now();
  }

  /** Whether the store has failed since this time on the monotonic clock. */
  hasFailedSince(time: number): boolean {
    return this.#failed >= time;
  }

  /** Calls `onDue` when the next job is due, if that is before the next poll. */
  remind(due: number | null, onDue: () => void): void {
    clearTimeout(this.#reminder);
    const wait = due === null ? Number.POSITIVE_INFINITY : due - Date.now();
    if (wait <= this.engine.pollMs) this.#reminder = setTimeout(onDue, Math.max(1, wait));
  }

  /** Stops all background tasks. `holdsJobs` means that the worker exits without having reported all of its jobs. */
  async stop({ holdsJobs }: { holdsJobs: boolean }): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#reminder);
    this.#isOver = true;
    this.options.parking.stop();
    await Promise.all(this.#busy.values());
    // If the store can't be reached, ignore that: the lease will expire.
    await unlessAway(holdsJobs ? this.engine.unregister(this.id) : this.#leave());
    this.options.attemptLog.leave();
  }

  /**
   * Returns jobs whose claim was never answered, then unregisters. If this worker left without returning them, the
   * others would consider it dead.
   */
  async #leave(): Promise<void> {
    const { leaseMs, attemptLog } = this.options;
    const { held } = await this.engine.heartbeat({ worker: this.id, leaseMs });
    if (held.length > 0) await this.engine.release(this.id, held);
    await this.engine.unregister(this.id);
    if (held.length === 0) attemptLog.remove();
  }

  /** Repeats a task, without letting two runs overlap. Logs failures and continues. */
  #every(milliseconds: number, what: string, work: () => Promise<void>): () => void {
    let lastError = "";
    const failed = ({ message }: Error) => {
      // Log a repeated message only once. Every second, it would fill the log, which is worst when the disk is full.
      if (message !== lastError) logWarn(`The worker's ${what} failed`, { error: message });
      lastError = message;
    };
    const worked = () => {
      lastError = "";
    };
    const round = () => {
      if (this.#busy.has(what)) return;
      const under = Promise.resolve()
        .then(work)
        .then(worked, failed)
        .finally(() => this.#busy.delete(what));
      this.#busy.set(what, under);
    };
    this.#timers.push(setInterval(round, milliseconds));
    return round;
  }

  /** Registers this worker. Returns the time at which the request was sent, by the monotonic clock. */
  async #register(id: string): Promise<number> {
    const { concurrency, leaseMs, types, attemptLog } = this.options;
    const { pid } = process;
    const who = { id, host: hostname(), pid, identity: processIdentity(pid) };
    const asked = performance.now();
    await this.engine.register({ ...who, concurrency, leaseMs, types });
    attemptLog.open(id);
    return asked;
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
        return this.#confirm(asked);
      }
    } catch (error) {
      reconciliation.cancel();
      if (isOutage(error)) this.failed();
      throw error;
    }
    reconciliation.cancel();
    await this.#registerAgain();
  }

  /** Called when a heartbeat or registration was answered. `asked` is when it was sent. */
  #confirm(asked: number): void {
    const wasConfirmed = this.isConfirmed;
    this.#confirmed = asked;
    this.#late = this.isConfirmed || this.hasFailedSince(asked) ? 0 : this.#late + 1;
    // Don't warn about a single late answer, because a job may have blocked this process.
    if (this.#late === 3) logWarn("No job can start, because the queue takes too long to answer heartbeats");
    if (!wasConfirmed) this.options.onConfirmed();
  }

  async #registerAgain(): Promise<void> {
    this.#nextId ??= newId();
    const asked = await this.#register(this.#nextId);
    this.id = this.#nextId;
    this.#nextId = undefined;
    this.options.onEvicted();
    this.#confirm(asked);
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
    const { attemptLog, judge, onTaken } = this.options;
    const blamed = await this.engine.takeOver(holder, by, (jobs) => judge(jobs, holder));
    attemptLog.retire(holder.id);
    if (by === this.id) onTaken(blamed, holder);
  }

  async #park(): Promise<void> {
    const { parking } = this.options;
    await parking.fetchOwn();
    await parking.parkOthers(this.#holders);
  }

  async #prune(): Promise<void> {
    this.options.attemptLog.touch();
    while ((await this.engine.prune(this.options.keepMs, pruneLimit)) > 0 && !this.#isOver) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Ignores an outage, because the task is repeated anyway. */
async function unlessAway(work: Promise<void>): Promise<void> {
  await work.catch((error) => {
    if (!isOutage(error)) throw error;
  });
}

function newId(): string {
  return randomBytes(8).toString("hex");
}
