import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { processIdentity } from "../../runs/thisProcess";
import { logWarn } from "../../services/Logger";
import type { ClaimedJob, Held, Holder, QueueEngine } from "../engine";
import { isDead } from "./liveness";

const beatEvery = 1000;
const lookEvery = 500;
const pruneEvery = 60_000;
/** So many rows at a time: a large deletion would keep the lock from everybody else. */
const pruneLimit = 500;

export interface CareOptions {
  leaseMs: number;
  keepMs: number;
  concurrency: number;
  running(): Held[];
  /** These are this worker's no more. */
  onLost(ids: readonly number[]): void;
  /** All that it held is: it is called `id` from now on. */
  onEvicted(id: string): void;
  /** These are this worker's now, and were a dead one's. */
  onTaken(jobs: readonly ClaimedJob[], from: string): void;
  /** Now and then. */
  onTick(): void;
}

/** What a worker does beside its jobs: says that it lives, finds those that don't, and clears away what is old. */
export class Care {
  id = newId();
  #timers: NodeJS.Timeout[] = [];
  #reminder: NodeJS.Timeout | undefined;
  #busy = new Map<string, Promise<void>>();
  #isOver = false;

  constructor(
    readonly engine: QueueEngine,
    readonly options: CareOptions,
  ) {}

  async start(poll: () => void): Promise<void> {
    await this.#register(this.id);
    this.#every(beatEvery, "heartbeat", () => this.#beat());
    this.#every(lookEvery, "look for dead workers", () => this.#takeOver());
    // At once as well: a worker that cron starts with --once never lives for long.
    this.#every(pruneEvery, "pruning", () => this.#prune())();
    this.#timers.push(setInterval(poll, this.engine.pollMs));
    await this.#takeOver();
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
    await Promise.all(this.#busy.values());
    await this.engine.unregister(this.id);
  }

  /** Each kind of care waits for its own last one, and survives what it runs into. */
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
    const { concurrency, leaseMs } = this.options;
    const { pid } = process;
    const who = { id, host: hostname(), pid, identity: processIdentity(pid) };
    await this.engine.register({ ...who, concurrency, leaseMs });
  }

  async #beat(): Promise<void> {
    this.options.onTick();
    const { leaseMs } = this.options;
    const beat = { worker: this.id, leaseMs, running: this.options.running() };
    const { isKnown, lost } = await this.engine.heartbeat(beat);
    if (!isKnown) return this.#beginAnew();
    // Some may have ended meanwhile; those are not running any more, and nothing happens to them.
    if (lost.length > 0) this.options.onLost(lost);
  }

  async #beginAnew(): Promise<void> {
    const id = newId();
    await this.#register(id);
    this.id = id;
    this.options.onEvicted(id);
  }

  async #takeOver(): Promise<void> {
    const holders = await this.engine.holders();
    for (const holder of holders.filter(({ id }) => id !== this.id)) {
      if (!isDead(holder)) continue;
      const jobs = await this.engine.takeOver(holder, this.id);
      if (jobs.length > 0) this.options.onTaken(jobs, nameOf(holder));
    }
  }

  async #prune(): Promise<void> {
    while ((await this.engine.prune(this.options.keepMs, pruneLimit)) > 0 && !this.#isOver) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function nameOf({ id, host, pid }: Holder): string {
  return pid === null ? `worker ${id}` : `pid ${pid} on ${host}`;
}

function newId(): string {
  return randomBytes(8).toString("hex");
}
