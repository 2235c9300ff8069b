import { setTimeout as pause } from "node:timers/promises";
import { logError, logWarn } from "../../services/Logger";
import type { ClaimedJob, Held, Holder, Watch } from "../engine";
import type { Handlers } from "../handlers";
import { isOutage } from "../outage";
import { encode } from "../payload";
import { AttemptLog } from "./attempt/attemptLog";
import { type Ending, isLastAttempt } from "./attempt/ending";
import { Execution, type ExecutionEvents, stuckHandler } from "./attempt/execution";
import { Parking } from "./attempt/parking";
import { Blame } from "./blame";
import { Intake } from "./intake";
import { Running } from "./jobsInHand";
import { Maintenance } from "./maintenance";
import { Reconciliation } from "./reconciliation";
import { Settling, type WorkerSummary } from "./settling";
import { type ExchangingWorker, reportLost, StoreExchange } from "./storeExchange";
import type { WorkerOptions } from "./workOptions";

/** How long a worker that is exiting after an error may take to return its jobs, in milliseconds. */
const longestReturnMs = 10_000;

/**
 * Claims jobs and runs them until it is stopped. Intake holds the jobs that have not been started, StoreExchange
 * communicates with the store, and Maintenance keeps the lease and takes over from dead workers.
 */
export class Worker {
  readonly ended: Promise<WorkerSummary>;
  readonly #running = new Running();
  readonly #intake: Intake;
  readonly #exchange: StoreExchange;
  readonly #settling: Settling;
  readonly #maintenance: Maintenance;
  readonly #reconciliation = new Reconciliation({
    active: () => [...this.#running.held(), ...this.#intake.held()],
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
    this.#intake = new Intake({
      concurrency,
      engine,
      running: this.#running,
      isReported: () => !this.#exchange.isUnderWay && this.#exchange.outgoing.isEmpty,
      giveBack: (jobs) => this.#settling.giveBack(jobs),
    });
    const wanted = { limits: limitsOf(handlers), types: this.#types };
    this.#exchange = new StoreExchange(engine, this.#exchanging(), wanted);
    this.#settling = new Settling(options, this.#exchange);
    const blame = new Blame(handlers, this.#attemptLog);
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
      judge: (jobs, from) => blame.judge(jobs, from),
      onTaken: (blamed, from) => this.#inherit(blamed, from),
      onTick: () => this.#relieve(),
      onConfirmed: () => this.#consider(),
    });
  }

  #exchanging(): ExchangingWorker {
    return {
      id: () => this.#maintenance.id,
      room: (claiming) => this.#room(claiming),
      onClaimed: (claimed, claim) => this.#received(claimed, claim),
      onNextDue: (due) => this.#maintenance.remind(due, this.wake),
      onConfirmed: (jobs) => this.#reconciliation.confirmed(jobs),
      onOutage: () => this.#maintenance.failed(),
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
   * Retries until the store is available, because pm2 and systemd restart a worker that fails at start-up only a few
   * times. With --once the worker exits instead, because cron will start the next one.
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
    this.#intake.giveBackAll();
    this.#consider();
  }

  /** Aborts and returns the running jobs. */
  abort(reason: string): void {
    if (this.#phase === "ending") return;
    this.#phase = "stopping";
    const [late, others] = this.#running.abandonAll(reason);
    // Settle these instead of returning them: they had already timed out, so they count as attempts.
    for (const execution of late) this.#settle(execution.claimed, execution.lateEnding);
    this.#settling.giveBack(others.map(({ claimed }) => claimed));
    this.#intake.giveBackAll();
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
    if (this.#types.length === 0 || this.#phase !== "working" || this.#maintenance.isLeaseOver) return 0;
    return this.#intake.room(claiming);
  }

  #received(given: ClaimedJob[], { isFull, asked }: { isFull: boolean; asked: number }): void {
    const { outage } = this.#exchange;
    this.#intake.learn(given, isFull);
    const claimed = outage.leavesDoubt ? given.filter((job) => !this.#isHere(job)) : given;
    if (claimed.length === given.length) outage.noDoubt();
    if (claimed.length === 0) return;
    // The store may have lost this claim when it failed.
    const isDoubtful = this.#maintenance.hasFailedSince(asked);
    if (this.#phase !== "working" || isDoubtful) this.#settling.giveBack(claimed);
    else if (this.#intake.add(claimed)) this.#exchange.wake();
  }

  #isHere(job: ClaimedJob): boolean {
    return this.#running.has(job) || this.#intake.has(job) || this.#exchange.outgoing.settles(job);
  }

  /** Starts as many claimed jobs as there are free slots. */
  #pump(): void {
    if (this.#isPumping || this.#intake.size === 0 || this.#intake.mustHold()) return;
    this.#isPumping = true;
    const { concurrency } = this.options;
    // Check before each start: a job may block the event loop until the last heartbeat is too old.
    while (this.#intake.size > 0 && this.#running.slots < concurrency && this.#mayStart())
      this.#begin(this.#intake.next());
    this.#isPumping = false;
    if (this.#intake.size === 0) this.#intake.emptied();
  }

  /**
   * Whether claimed jobs may start. If not, sends a heartbeat, whose answer shows which jobs are still this worker's.
   * During an outage it sends none: the first request afterwards must be a claim, because a store that lost claims
   * would say that the running jobs aren't this worker's.
   */
  #mayStart(): boolean {
    if (this.#maintenance.isConfirmed) return true;
    if (this.#exchange.outage.pauseMs === 0) this.#maintenance.confirm();
    return false;
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
   * Makes the worker exit because of a handler that ignores its timeout. Until the process exits, such a handler keeps
   * its slot and counts toward the limit of its type. pm2 or systemd restarts the worker.
   */
  #giveUpOn(execution: Execution): void {
    const { type } = execution.claimed;
    if (this.#phase === "ending" || !this.#running.remove(execution)) return;
    this.#reason = stuckHandler(type, this.#events.stuckAfterMs);
    logError("A handler ignores its signal, so the worker stops", { type, id: execution.claimed.id });
    this.#settle(execution.claimed, execution.lateEnding);
    this.abort("the worker stops because a handler ignores its signal");
    // Jobs that can't be reported in this time are taken over by other workers after this process is gone.
    this.#alarm = setTimeout(() => this.#fail(this.#reason as Error), longestReturnMs);
  }

  #settle(job: ClaimedJob, ending: Ending): void {
    this.#intake.ended(job.id);
    this.#settling.settle(job, ending);
  }

  /** Called for jobs that were canceled or that another worker owns. */
  #lose(jobs: readonly Held[]): void {
    this.#intake.drop(jobs);
    const lost = this.#running.abandon(jobs, "the job was canceled or taken over").map(({ id }) => id);
    reportLost(lost);
    this.wake();
  }

  /**
   * Returns jobs that belong to this worker according to the store, but that it doesn't know about because the answer
   * to their claim got lost. Otherwise no worker would run them while this one lives.
   */
  #returnUnknown(jobs: readonly Held[]): void {
    logWarn("Returning jobs to the queue, because the reply to their claim was lost", {
      ids: jobs.slice(0, 20).map(({ id }) => id),
    });
    this.#exchange.outgoing.giveBack(jobs);
    this.wake();
  }

  /** Called when other workers declared this one dead and took over its jobs. It continues under a new id. */
  #evicted(): void {
    const jobs = this.#running.abandonAll("the worker lost its lease").flat().length + this.#intake.clear();
    this.#exchange.outgoing.clear();
    logWarn("Lost the lease: other workers have taken over this one's jobs", { jobs });
    this.wake();
  }

  #inherit(blamed: readonly ClaimedJob[], from: Holder): void {
    for (const job of blamed) {
      this.#settle(job, { kind: "crashed", error: new Error(`its worker died (${nameOf(from)})`) });
    }
    this.wake();
  }

  /** Called regularly, to return jobs that have waited too long and to start others. */
  #relieve(): void {
    if (this.#intake.relieve()) this.wake();
    else this.#consider();
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
    const isIdle = this.#running.size === 0 && this.#intake.size === 0 && !this.#exchange.isUnderWay;
    if (!isIdle || this.#phase === "ending") return;
    if (this.#phase === "working" && (!this.options.once || this.#maintenance.isLeaseOver)) return;
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
