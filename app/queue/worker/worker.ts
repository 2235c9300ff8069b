import { logError, logWarn } from "../../services/Logger";
import type { ClaimedJob, ClaimRequest, QueueEngine, Watch } from "../engine";
import type { Handlers } from "../handlers";
import { encode } from "../payload";
import { Care } from "./care";
import { type Ending, settlementOf } from "./ending";
import { Execution } from "./execution";
import { Outgoing } from "./outgoing";
import { Prefetch } from "./prefetch";
import { unknownType } from "./refusals";
import { reportFailure, reportLost } from "./reports";

export interface WorkerOptions {
  engine: QueueEngine;
  handlers: Handlers;
  /** How many jobs run at one time. */
  concurrency: number;
  /** Undefined: every type. */
  types?: readonly string[] | undefined;
  /** End when nothing is due any more. */
  once?: boolean;
  /** How long a worker of another host may be unheard before its jobs are taken over, in milliseconds. */
  leaseMs?: number;
  /** How long finished jobs are kept that have no time of removal of their own, in milliseconds. */
  keepMs?: number;
}

/** What a worker did. */
export interface WorkerSummary {
  completed: number;
  failed: number;
  /** Attempts that will be repeated. */
  retried: number;
  /** Jobs given back because the worker had to end. */
  returned: number;
}

/** What waits in memory longer than this is given back for others, in milliseconds. */
const longestWait = 1000;

/** Claims jobs and runs them, until it is stopped. Longer than usual: it is the one place where its state changes. */
export class Worker {
  readonly summary: WorkerSummary = { completed: 0, failed: 0, retried: 0, returned: 0 };
  readonly ended: Promise<WorkerSummary>;
  readonly #running = new Map<number, Execution>();
  /** Claimed and not begun; those before `#next` have been. */
  #ready: ClaimedJob[] = [];
  #next = 0;
  #readySince = 0;
  readonly #outgoing = new Outgoing();
  readonly #prefetch = new Prefetch();
  readonly #care: Care;
  readonly #limits: ReadonlyMap<string, number>;
  #watch: Watch | undefined;
  /** Reasons to claim, and those that a claim which found no more has answered. */
  #wakes = 1;
  #answered = 0;
  #exchanges = 0;
  /** How many jobs the claims under way may bring. */
  #claiming = 0;
  #lastExchange = 0;
  #failures = 0;
  #turn: NodeJS.Immediate | NodeJS.Timeout | undefined;
  #alarm: NodeJS.Timeout | undefined;
  #phase: "working" | "stopping" | "ending" = "working";
  #isPumping = false;
  #resolve!: (summary: WorkerSummary) => void;
  #reject!: (error: unknown) => void;

  constructor(readonly options: WorkerOptions) {
    const { handlers, engine, concurrency, leaseMs = 15_000, keepMs = 30 * 86_400_000 } = options;
    this.#limits = limitsOf(handlers);
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#care = new Care(engine, {
      leaseMs,
      keepMs,
      concurrency,
      running: () => [...this.#running.values()].map(({ claimed: { id, attempt } }) => ({ id, attempt })),
      onLost: (ids) => this.#lose(ids),
      onEvicted: () => this.#evicted(),
      onTaken: (jobs, from) => this.#inherit(jobs, from),
      onTick: () => this.#relieve(),
    });
  }

  async start(): Promise<void> {
    await this.#care.start(this.wake);
    this.#watch = await this.options.engine.watch(this.wake);
    this.#consider();
  }

  /** There may be something to claim. */
  readonly wake = (): void => {
    this.#wakes++;
    this.#consider();
  };

  /** No more claims; what runs is waited for. After `patienceMs` it is aborted and given back. */
  stop(patienceMs: number): void {
    if (this.#phase !== "working") return;
    this.#phase = "stopping";
    this.#alarm = setTimeout(() => this.abort("the worker had to end"), patienceMs);
    this.#giveBack(this.#takeReady());
    this.#consider();
  }

  /** Aborts what runs and gives it back. */
  abort(reason: string): void {
    if (this.#phase === "ending") return;
    this.#phase = "stopping";
    this.#giveBack([...this.#abandonAll(reason), ...this.#takeReady()]);
    this.#consider();
  }

  /** Begins what can be begun, and sees to it that a turn comes if there is need of one. */
  #consider(): void {
    this.#pump();
    if (this.#turn !== undefined || this.#exchanges >= this.options.engine.pipeline) return;
    if (this.#outgoing.isEmpty && !this.#wantsJobs()) this.#endIfIdle();
    else this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    const rest = this.#failures > 0 ? failurePause(this.#failures) : this.options.engine.restMs();
    const remaining = rest - (performance.now() - this.#lastExchange);
    const take = () => {
      this.#turn = undefined;
      void this.#exchange();
    };
    this.#turn = remaining <= 0 ? setImmediate(take) : setTimeout(take, remaining);
  }

  #wantsJobs(): boolean {
    return this.#phase === "working" && this.#wakes !== this.#answered && this.#room() > 0;
  }

  #room(): number {
    const { concurrency, engine } = this.options;
    const most = engine.batch();
    const waiting = this.#ready.length - this.#next;
    const held = this.#running.size + waiting + this.#claiming;
    return Math.min(most, concurrency + this.#prefetch.size(most * engine.pipeline) - held);
  }

  async #exchange(): Promise<void> {
    const { engine } = this.options;
    const { id } = this.#care;
    const taken = this.#outgoing.take();
    const claim = this.#claimRequest();
    const wakes = this.#wakes;
    this.#exchanges++;
    this.#claiming += claim?.limit ?? 0;
    try {
      if (taken.returns.length > 0) await engine.release(id, taken.returns.splice(0));
      const { settle, progress } = taken;
      const { claimed, lost, nextDue } = await engine.exchange({ worker: id, settle, progress, claim });
      this.#recovered();
      reportLost(lost);
      this.#claiming -= claim?.limit ?? 0;
      if (claim !== null) this.#received(claimed, claim.limit, wakes);
      if (claim !== null) this.#care.remind(nextDue, this.wake);
    } catch (error) {
      this.#claiming -= claim?.limit ?? 0;
      this.#outgoing.putBack(taken);
      this.#troubled(error);
    }
    this.#lastExchange = performance.now();
    this.#exchanges--;
    this.#consider();
  }

  #claimRequest(): ClaimRequest | null {
    if (!this.#wantsJobs()) return null;
    const { types } = this.options;
    return { limit: this.#room(), limits: this.#limits, ...(types && { types }) };
  }

  #received(claimed: ClaimedJob[], limit: number, wakes: number): void {
    const isFull = claimed.length >= limit;
    // Not full: there is no more, until somebody says that there is.
    if (!isFull) this.#answered = wakes;
    this.#prefetch.filled(isFull, performance.now());
    if (claimed.length === 0) return;
    if (this.#phase !== "working") {
      this.#giveBack(claimed);
      return;
    }
    if (this.#next === this.#ready.length) this.#readySince = performance.now();
    this.#ready = this.#ready.slice(this.#next).concat(claimed);
    this.#next = 0;
  }

  /** Begins what has been claimed, as far as there is room. */
  #pump(): void {
    if (this.#isPumping || this.#ready.length === 0) return;
    this.#isPumping = true;
    const { concurrency } = this.options;
    while (this.#next < this.#ready.length && this.#running.size < concurrency) {
      this.#begin(this.#ready[this.#next++] as ClaimedJob);
    }
    this.#isPumping = false;
    if (this.#next < this.#ready.length) return;
    this.#takeReady();
    const { engine } = this.options;
    this.#prefetch.emptied(performance.now(), engine.batch() * engine.pipeline);
  }

  #begin(claimed: ClaimedJob): void {
    const { handlers } = this.options;
    const handler = handlers.get(claimed.type);
    try {
      if (handler === undefined) throw unknownType(claimed.type, handlers);
      const execution = new Execution(claimed, handler, this.#onEnd, this.#onProgress);
      this.#running.set(claimed.id, execution);
      execution.begin();
    } catch (error) {
      this.#settle(claimed, { kind: "refused", error });
    }
  }

  readonly #onEnd = (execution: Execution, ending: Ending): void => {
    const { id } = execution.claimed;
    if (this.#running.get(id) !== execution) return;
    this.#running.delete(id);
    this.#settle(execution.claimed, ending);
    this.#consider();
  };

  readonly #onProgress = ({ claimed }: Execution, value: unknown): void => {
    this.#outgoing.note(claimed, encode(value, "progress"));
    this.#consider();
  };

  #settle(job: ClaimedJob, ending: Ending): void {
    const handler = this.options.handlers.get(job.type);
    const now = this.options.engine.now?.() ?? Date.now();
    const settlement = settlementOf(job, handler, ending, { now, random: Math.random });
    this.#outgoing.settle(settlement);
    // Its place among those of a limited type is free.
    if (handler !== undefined && handler.concurrency !== null) this.#wakes++;
    if (settlement.state === "retry") this.summary.retried++;
    else this.summary[settlement.state]++;
    reportFailure(job, settlement, ending);
  }

  #giveBack(jobs: readonly ClaimedJob[]): void {
    this.summary.returned += jobs.length;
    this.#outgoing.giveBack(jobs);
  }

  #takeReady(): ClaimedJob[] {
    const waiting = this.#ready.slice(this.#next);
    this.#ready = [];
    this.#next = 0;
    return waiting;
  }

  #abandonAll(reason: string): ClaimedJob[] {
    const running = [...this.#running.values()];
    this.#running.clear();
    for (const execution of running) execution.abandon(reason);
    return running.map(({ claimed }) => claimed);
  }

  /** They were cancelled, or another worker has them. */
  #lose(ids: readonly number[]): void {
    const running = ids.filter((id) => this.#running.has(id));
    for (const id of running) {
      this.#running.get(id)?.abandon("the job was cancelled or taken over");
      this.#running.delete(id);
    }
    reportLost(running);
    this.wake();
  }

  /** Others took this worker for dead and have its jobs. It goes on under another name. */
  #evicted(): void {
    const jobs = this.#abandonAll("the worker lost its lease").length + this.#takeReady().length;
    this.#outgoing.clear();
    logWarn("Lost the lease: other workers have this one's jobs", { jobs });
    this.wake();
  }

  #inherit(jobs: readonly ClaimedJob[], from: string): void {
    for (const job of jobs) {
      this.#settle(job, { kind: "crashed", error: new Error(`its worker died (${from})`) });
    }
    this.wake();
  }

  /** Gives back what has waited here too long for its start. */
  #relieve(): void {
    if (this.#ready.length === 0 || performance.now() - this.#readySince < longestWait) return;
    this.#prefetch.collapse();
    this.#giveBack(this.#takeReady());
    this.#consider();
  }

  #troubled(error: Error): void {
    this.#failures++;
    this.#wakes++;
    if (this.#failures === 1) logError("The queue cannot be reached, and will be tried again", error);
  }

  #recovered(): void {
    if (this.#failures > 0) logWarn("The queue can be reached again", { failures: this.#failures });
    this.#failures = 0;
  }

  #endIfIdle(): void {
    const isIdle = this.#running.size === 0 && this.#ready.length === 0 && this.#exchanges === 0;
    if (!isIdle || this.#phase === "ending") return;
    if (this.#phase === "working" && !this.options.once) return;
    this.#phase = "ending";
    clearTimeout(this.#alarm);
    this.#watch?.close();
    this.#care.stop().then(() => this.#resolve(this.summary), this.#reject);
  }
}

function limitsOf(handlers: Handlers): Map<string, number> {
  const limits = new Map<string, number>();
  for (const [type, { concurrency }] of handlers) if (concurrency !== null) limits.set(type, concurrency);
  return limits;
}

/** From a tenth of a second to one, in milliseconds: what was queued meanwhile shall begin soon after the end of it. */
function failurePause(failures: number): number {
  return Math.min(1000, 100 * 2 ** (failures - 1));
}
