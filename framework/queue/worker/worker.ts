import { setTimeout as pause } from "node:timers/promises";
import { logError, logWarn } from "../../services/Logger";
import type { ClaimedJob, Held, Holder, Verdict, Watch } from "../engine";
import type { Handlers } from "../handlers";
import { isOutage } from "../outage";
import { encode } from "../payload";
import { AttemptLog } from "./attempt/attemptLog";
import { type Ending, isLastAttempt } from "./attempt/ending";
import { Execution, type ExecutionEvents, stuckHandler } from "./attempt/execution";
import { Parking } from "./attempt/parking";
import { Load, Prefetch } from "./claimSize";
import { Running, Waiting } from "./jobsInHand";
import { Maintenance } from "./maintenance";
import { Quarantine, suspectsAmong } from "./quarantine";
import { Reconciliation } from "./reconciliation";
import { Settling, type WorkerSummary } from "./settling";
import { type ExchangingWorker, reportLost, StoreExchange } from "./storeExchange";
import type { WorkerOptions } from "./workOptions";

/** A job that waits in memory for longer than this, in milliseconds, is returned to the queue. */
const longestWait = 1000;
/** How long a worker that is exiting after an error may take to return its jobs, in milliseconds. */
const longestReturnMs = 10_000;

/**
 * Claims jobs and runs them until it is stopped. The class is longer than usual, because it decides what happens to
 * every job that it holds. StoreExchange communicates with the store.
 */
export class Worker {
  readonly ended: Promise<WorkerSummary>;
  readonly #running = new Running();
  readonly #waiting = new Waiting();
  readonly #prefetch = new Prefetch();
  readonly #quarantine = new Quarantine();
  readonly #load = new Load();
  readonly #exchange: StoreExchange;
  readonly #settling: Settling;
  readonly #maintenance: Maintenance;
  readonly #reconciliation = new Reconciliation({
    active: () => [...this.#running.held(), ...this.#waiting.held()],
    outgoing: () => this.#exchange.outgoing.held(),
    claimsAnswered: () => Promise.all([this.#exchange.answered(), this.#maintenance.takeovers.answered()]),
    abandon: (jobs) => this.#lose(jobs),
    giveBack: (jobs) => this.#returnUnknown(jobs),
  });
  /** The types for which it has handlers. Other workers may handle other types, for example during a deploy. */
  readonly #types: readonly string[];
  readonly #attemptLog = new AttemptLog();
  #watch: Watch | undefined;
  #alarm: NodeJS.Timeout | undefined;
  #phase: "working" | "stopping" | "ending" = "working";
  #isPumping = false;
  /** The error that made the worker exit; undefined if it was stopped. */
  #reason: Error | undefined;
  readonly #events: ExecutionEvents;
  #isStarted = false;
  #resolve!: (summary: WorkerSummary) => void;
  #reject!: (error: unknown) => void;

  constructor(readonly options: WorkerOptions) {
    const { handlers, engine, concurrency, leaseMs = 15_000, keepMs = 30 * 86_400_000 } = options;
    this.#types = [...handlers.keys()].filter((type) => options.types?.includes(type) ?? true);
    this.#events = {
      stuckAfterMs: options.stuckAfterMs ?? 60_000,
      onEnd: (execution, ending) => this.#ended(execution, ending),
      onProgress: (execution, value) => this.#noteProgress(execution, value),
      onStuck: (execution) => this.#giveUpOn(execution),
    };
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const wanted = { limits: limitsOf(handlers), types: this.#types };
    this.#exchange = new StoreExchange(engine, this.#exchanging(), wanted);
    this.#settling = new Settling(options, this.#exchange);
    this.#maintenance = new Maintenance(engine, {
      leaseMs,
      keepMs,
      concurrency,
      types: this.#types,
      reconciliation: this.#reconciliation,
      attemptLog: this.#attemptLog,
      parking: new Parking({
        engine,
        types: this.#types,
        onReady: this.wake,
        onParked: (type, count) => this.#settling.tellOfParked(type, count),
        idleMs: options.parkAfterMs,
      }),
      onEvicted: () => this.#evicted(),
      judge: (jobs, from) => this.#judge(jobs, from),
      onTaken: (blamed, from) => this.#inherit(blamed, from),
      onOutage: () => this.#distrustClaims(),
      onTick: () => this.#relieve(),
      onRenewed: () => this.#consider(),
    });
  }

  #exchanging(): ExchangingWorker {
    return {
      id: () => this.#maintenance.id,
      room: (claiming) => this.#room(claiming),
      onClaimed: (claimed, isFull) => this.#received(claimed, isFull),
      onNextDue: (due) => this.#maintenance.remind(due, this.wake),
      onConfirmed: (jobs) => this.#reconciliation.confirmed(jobs),
      onOutage: () => this.#distrustClaims(),
      onOver: () => this.#consider(),
      onFailure: (error) => this.#fail(error),
    };
  }

  get summary(): WorkerSummary {
    return this.#settling.summary;
  }

  async start(): Promise<void> {
    await this.#startMaintenance();
    this.#watch = await this.options.engine.watch(this.wake);
    this.#isStarted = true;
    this.#consider();
  }

  /**
   * Waits for a store that is unavailable, because pm2 and systemd restart a worker that fails at start-up only a few
   * times. With
   * --once the worker exits instead, because cron will start the next one.
   */
  async #startMaintenance(): Promise<void> {
    const { outage } = this.#exchange;
    while (this.#phase === "working") {
      try {
        await this.#maintenance.start(this.wake);
        return outage.over();
      } catch (error) {
        if (this.options.once || !isOutage(error)) throw error;
        outage.failed(error);
      }
      await pause(outage.pauseMs);
    }
  }

  /** Called when there may be jobs to claim. */
  readonly wake = (): void => {
    this.#exchange.wake();
    this.#consider();
  };

  /** Stops claiming and waits for running jobs. After `patienceMs` they are aborted and returned. */
  stop(patienceMs: number): void {
    if (this.#phase !== "working") return;
    this.#phase = "stopping";
    this.#alarm = setTimeout(() => this.abort("the worker had to exit"), patienceMs);
    this.#giveBackWaiting();
    this.#consider();
  }

  /** Aborts and returns the running jobs. */
  abort(reason: string): void {
    if (this.#phase === "ending") return;
    this.#phase = "stopping";
    const [late, others] = this.#running.abandonAll(reason);
    // These attempts had timed out, so they count.
    for (const execution of late) this.#settle(execution.claimed, execution.lateEnding);
    this.#settling.giveBack(others.map(({ claimed }) => claimed));
    this.#giveBackWaiting();
    this.#consider();
  }

  /** Starts the jobs that can start, and schedules an exchange with the store if one is needed. */
  #consider(): void {
    // If stop() arrives during start-up, finish starting, then shut down.
    if (!this.#isStarted || this.#phase === "ending") return;
    this.#pump();
    if (!this.#exchange.consider()) this.#endIfIdle();
  }

  /** How many jobs to claim now, if the claims in flight may return `claiming` jobs. */
  #room(claiming: number): number {
    if (this.#quarantine.isChosen || this.#types.length === 0 || this.#isLeaseOver) return 0;
    if (this.#phase !== "working") return 0;
    const { concurrency, engine } = this.options;
    const most = engine.batch();
    const inHand = this.#running.slots + this.#waiting.size;
    const room = Math.min(
      most,
      concurrency + this.#prefetch.size(most * engine.pipeline) - inHand - claiming,
    );
    const carried = () => this.#running.characters + this.#waiting.characters;
    return this.#load.limit(room, { running: inHand, claiming, carried });
  }

  #received(given: ClaimedJob[], isFull: boolean): void {
    const { outage } = this.#exchange;
    this.#load.learn(given);
    const claimed = outage.leavesDoubt ? given.filter((job) => !this.#isHere(job)) : given;
    if (claimed.length === given.length) outage.noDoubt();
    this.#prefetch.filled(isFull, performance.now());
    if (claimed.length === 0) return;
    if (this.#phase === "working") this.#take(claimed);
    else this.#settling.giveBack(claimed);
  }

  #isHere(job: ClaimedJob): boolean {
    return this.#running.has(job) || this.#waiting.has(job) || this.#exchange.outgoing.settles(job);
  }

  /** If a claim contains suspects, keeps only the one to run alone. */
  #take(claimed: ClaimedJob[]): void {
    const suspect = this.#quarantine.choose(claimed, performance.now());
    if (suspect === undefined) {
      this.#waiting.add(claimed, performance.now());
      return;
    }
    this.#exchange.wake();
    this.#prefetch.collapse();
    this.#settling.giveBack([...this.#waiting.takeAll(), ...claimed.filter((job) => job !== suspect)]);
    this.#waiting.add([suspect], performance.now());
  }

  /** Starts as many claimed jobs as there are free slots. */
  #pump(): void {
    if (this.#isPumping || this.#waiting.size === 0 || this.#mustHold()) return;
    this.#isPumping = true;
    const { concurrency } = this.options;
    while (this.#waiting.size > 0 && this.#running.slots < concurrency) this.#begin(this.#waiting.next());
    this.#isPumping = false;
    if (this.#waiting.size > 0) return;
    this.#waiting.takeAll();
    const { engine } = this.options;
    this.#prefetch.emptied(performance.now(), engine.batch() * engine.pipeline);
  }

  get #isLeaseOver(): boolean {
    return this.#maintenance.isLeaseOver(performance.now());
  }

  /**
   * Whether no job may start now: a suspect waits until the other jobs have been returned, and all jobs wait while it
   * is unclear which worker owns them.
   */
  #mustHold(): boolean {
    if (this.#isLeaseOver) return true;
    if (!this.#quarantine.isChosen) return false;
    const isReported = !this.#exchange.isUnderWay && this.#exchange.outgoing.isEmpty;
    return !isReported || this.#quarantine.mustWait(this.#running.size, performance.now());
  }

  #begin(claimed: ClaimedJob): void {
    const { handlers } = this.options;
    const handler = handlers.get(claimed.type);
    if (handler === undefined) {
      this.#settling.giveBack([claimed]);
      return;
    }
    try {
      if (isLastAttempt(claimed, handler)) this.#attemptLog.note(claimed);
      const execution = new Execution(claimed, handler, this.#events);
      this.#running.add(execution);
      execution.begin();
    } catch (error) {
      this.#settle(claimed, { kind: "refused", error });
    }
  }

  #ended(execution: Execution, ending: Ending | undefined): void {
    if (this.#running.remove(execution) && ending !== undefined) this.#settle(execution.claimed, ending);
    this.#consider();
  }

  #noteProgress({ claimed }: Execution, value: unknown): void {
    this.#exchange.outgoing.note(claimed, encode(value, "progress"));
    this.#consider();
  }

  /**
   * Ends the worker: a handler that ignores its timeout keeps its slot, and counts toward the limit of its type, until
   * the process exits. pm2 or systemd restarts the worker.
   */
  #giveUpOn(execution: Execution): void {
    const { type } = execution.claimed;
    if (this.#phase === "ending" || !this.#running.remove(execution)) return;
    this.#reason = stuckHandler(type, this.#events.stuckAfterMs);
    logError("A handler ignores its signal, so the worker stops", { type, id: execution.claimed.id });
    this.#settle(execution.claimed, execution.lateEnding);
    this.abort("the worker stops because a handler ignores its signal");
    // Jobs that can't be reported by then are taken over by other workers after this process is gone.
    this.#alarm = setTimeout(() => this.#fail(this.#reason as Error), longestReturnMs);
  }

  #settle(job: ClaimedJob, ending: Ending): void {
    this.#quarantine.forget(job.id);
    this.#settling.settle(job, ending);
  }

  /** Returns the waiting jobs to the queue, and ends the quarantine of a suspect among them. */
  #giveBackWaiting(): void {
    this.#quarantine.clear();
    this.#settling.giveBack(this.#waiting.takeAll());
  }

  /** Returns the waiting jobs: a store that crashed may have lost their claims and given them to other workers. */
  #distrustClaims(): void {
    if (this.#waiting.size > 0) this.#giveBackWaiting();
  }

  /** Called for jobs that were canceled or that another worker owns. */
  #lose(jobs: readonly Held[]): void {
    this.#waiting.drop(jobs);
    const lost = this.#running.abandon(jobs, "the job was cancelled or taken over").map(({ id }) => id);
    for (const { id } of jobs) this.#quarantine.forget(id);
    reportLost(lost);
    this.wake();
  }

  /**
   * Returns jobs that this worker holds without knowing them, because the answer to their claim got lost. No worker
   * would run them as long as this one lives.
   */
  #returnUnknown(jobs: readonly Held[]): void {
    logWarn("Returning jobs whose claim was never answered", {
      ids: jobs.slice(0, 20).map(({ id }) => id),
    });
    this.#exchange.outgoing.giveBack(jobs);
    this.wake();
  }

  /** Called when other workers declared this one dead and took over its jobs. It continues under a new id. */
  #evicted(): void {
    const jobs =
      this.#running.abandonAll("the worker lost its lease").flat().length + this.#waiting.takeAll().length;
    this.#quarantine.clear();
    this.#exchange.outgoing.clear();
    logWarn("Lost the lease: other workers have taken over this one's jobs", { jobs });
    this.wake();
  }

  /** Decides about a dead worker's jobs. Jobs without a handler here are left to a worker that has one. */
  #judge(jobs: readonly ClaimedJob[], from: Holder): Verdict {
    const suspects = suspectsAmong(jobs);
    const counted = suspects.filter(({ type }) => !this.options.handlers.has(type));
    const guilty = suspects.filter((job) => this.#hadStarted(job, from.id));
    // If this worker dies before it has settled the blamed jobs, its successor must not treat them as never started.
    for (const job of guilty) this.#attemptLog.note(job);
    return { blamed: guilty, counted };
  }

  /** Whether the dead worker had started the job. Only last attempts are logged; any other counts as started. */
  #hadStarted(job: ClaimedJob, worker: string): boolean {
    const handler = this.options.handlers.get(job.type);
    if (handler === undefined) return false;
    return !isLastAttempt(job, handler) || this.#attemptLog.hasStarted(worker, job);
  }

  #inherit(blamed: readonly ClaimedJob[], from: Holder): void {
    for (const job of blamed) {
      this.#settle(job, { kind: "crashed", error: new Error(`its worker died (${nameOf(from)})`) });
    }
    this.wake();
  }

  /** Returns jobs that have waited here too long. */
  #relieve(): void {
    if (this.#quarantine.endIfLong(performance.now())) this.wake();
    if (this.#quarantine.isChosen) {
      this.#consider();
      return;
    }
    if (!this.#waiting.hasWaited(longestWait, performance.now())) return;
    this.#prefetch.collapse();
    this.#giveBackWaiting();
    this.#consider();
  }

  /** Stops the worker after an error that a retry would not fix. */
  #fail(error: Error): void {
    if (this.#phase === "ending") return;
    this.#phase = "ending";
    this.#running.abandonAll("the worker failed");
    clearTimeout(this.#alarm);
    this.#watch?.close();
    const end = () => this.#reject(error);
    this.#maintenance.stop({ holdsJobs: true }).then(end, end);
  }

  #endIfIdle(): void {
    const isIdle = this.#running.size === 0 && this.#waiting.size === 0 && !this.#exchange.isUnderWay;
    if (!isIdle || this.#phase === "ending") return;
    if (this.#phase === "working" && (!this.options.once || this.#isLeaseOver)) return;
    this.#phase = "ending";
    clearTimeout(this.#alarm);
    this.#watch?.close();
    const end = () => (this.#reason === undefined ? this.#resolve(this.summary) : this.#reject(this.#reason));
    this.#maintenance.stop({ holdsJobs: false }).then(end, this.#reject);
  }
}

function nameOf({ id, host, pid }: Holder): string {
  return pid === null ? `worker ${id}` : `pid ${pid} on ${host}`;
}

function limitsOf(handlers: Handlers): Map<string, number> {
  const limits = new Map<string, number>();
  for (const [type, { concurrency }] of handlers) if (concurrency !== null) limits.set(type, concurrency);
  return limits;
}
