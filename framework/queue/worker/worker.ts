import { setTimeout as pause } from "node:timers/promises";
import { logError, logWarn } from "../../services/Logger";
import { errorMessage } from "../../text/errorText";
import type {
  ClaimedJob,
  ClaimRequest,
  Exchanged,
  Held,
  Holder,
  QueueEngine,
  Settlement,
  Watch,
} from "../engine";
import type { Handler, Handlers } from "../handlers";
import { isOutage } from "../outage";
import { encode } from "../payload";
import { attemptsFor } from "../retries";
import { BegunLog } from "./attempt/begunLog";
import { type Ending, settlementOf } from "./attempt/ending";
import { Execution, type ExecutionEvents } from "./attempt/execution";
import { Parking } from "./attempt/parking";
import { stuckHandler } from "./attempt/refusals";
import { reportFailure, reportLost } from "./attempt/reports";
import { Running } from "./attempt/running";
import { UnderWay } from "./attempt/underWay";
import { deliverApart } from "./delivery";
import { Load } from "./load";
import { Maintenance } from "./maintenance";
import { Outage } from "./outage";
import { Outgoing, type Taken } from "./outgoing";
import { Prefetch } from "./prefetch";
import { blamed, Quarantine } from "./quarantine";
import { Reconciliation } from "./reconciliation";
import { Waiting } from "./waiting";

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
  /** How long a handler whose time is up may ignore its signal before the worker ends, in milliseconds. */
  stuckAfterMs?: number;
  /** How long jobs that no worker takes are left among those that are ready, in milliseconds. */
  parkAfterMs?: number | undefined;
  /** Told what is to become of each job, before it is written, and of jobs that nobody takes. */
  onSettled?: (job: { id: number; type: string }, settlement: Settlement | Parked) => void;
}

/** Jobs of a type wait, and no worker takes them. */
export interface Parked {
  state: "parked";
  error: string;
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
/** How long a worker that gives up takes at most to give back what it holds, in milliseconds. */
const longestFarewell = 10_000;

/** Claims jobs and runs them, until it is stopped. Longer than usual: it is the one place where its state changes. */
export class Worker {
  readonly summary: WorkerSummary = { completed: 0, failed: 0, retried: 0, returned: 0 };
  readonly ended: Promise<WorkerSummary>;
  readonly #running = new Running();
  readonly #waiting = new Waiting();
  readonly #outage = new Outage();
  readonly #outgoing = new Outgoing();
  readonly #prefetch = new Prefetch();
  readonly #quarantine = new Quarantine();
  readonly #load = new Load();
  readonly #maintenance: Maintenance;
  readonly #exchanges = new UnderWay();
  readonly #reconciliation = new Reconciliation({
    active: () => [...this.#running.held(), ...this.#waiting.held()],
    outgoing: () => this.#outgoing.held(),
    claimsAnswered: () => Promise.all([this.#exchanges.answered(), this.#maintenance.takeovers.answered()]),
    abandon: (jobs) => this.#lose(jobs),
    giveBack: (jobs) => this.#returnUnknown(jobs),
  });
  readonly #limits: ReadonlyMap<string, number>;
  /** Only what it has handlers for: another worker may know the others, as during a deploy. */
  readonly #types: readonly string[];
  readonly #begun = new BegunLog();
  #watch: Watch | undefined;
  /** Reasons to claim, and those that a claim which found no more has answered. */
  #wakes = 1;
  #answered = 0;
  /** How many jobs the claims under way may bring. */
  #claiming = 0;
  #lastExchange = 0;
  #turn: NodeJS.Immediate | NodeJS.Timeout | undefined;
  #alarm: NodeJS.Timeout | undefined;
  #phase: "working" | "stopping" | "ending" = "working";
  #isPumping = false;
  /** A job of a limited type has ended, and the store has not been told. */
  #hasFreedSlot = false;
  /** Why the worker ends, where that is nobody's wish. */
  #reason: Error | undefined;
  readonly #events: ExecutionEvents;
  #isStarted = false;
  #resolve!: (summary: WorkerSummary) => void;
  #reject!: (error: unknown) => void;

  constructor(readonly options: WorkerOptions) {
    const { handlers, engine, concurrency, leaseMs = 15_000, keepMs = 30 * 86_400_000 } = options;
    this.#limits = limitsOf(handlers);
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
    this.#maintenance = new Maintenance(engine, {
      leaseMs,
      keepMs,
      concurrency,
      types: this.#types,
      reconciliation: this.#reconciliation,
      begun: this.#begun,
      parking: new Parking({
        engine,
        types: this.#types,
        onReady: this.wake,
        onParked: (type, count) => this.#tellOfParked(type, count),
        idleMs: options.parkAfterMs,
      }),
      onEvicted: () => this.#evicted(),
      onTaken: (jobs, from) => this.#inherit(jobs, from),
      onTick: () => this.#relieve(),
      onProlonged: () => this.#consider(),
    });
  }

  async start(): Promise<void> {
    await this.#startMaintenance();
    this.#watch = await this.options.engine.watch(this.wake);
    this.#isStarted = true;
    this.#consider();
  }

  /**
   * A store that is away is waited for: pm2 and systemd start a worker that ends at its start a few times, and then never
   * again. One that cron starts with --once ends, for the next one comes anyway.
   */
  async #startMaintenance(): Promise<void> {
    while (this.#phase === "working") {
      try {
        await this.#maintenance.start(this.wake);
        return this.#outage.over();
      } catch (error) {
        if (this.options.once || !isOutage(error)) throw error;
        this.#outage.failed(error);
      }
      await pause(this.#outage.pauseMs);
    }
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
    this.#giveBackWaiting();
    this.#consider();
  }

  /** Aborts what runs and gives it back. */
  abort(reason: string): void {
    if (this.#phase === "ending") return;
    this.#phase = "stopping";
    const [late, others] = this.#running.abandonAll(reason);
    // Their time was up: they are not as if they had never begun.
    for (const execution of late) this.#settle(execution.claimed, execution.lateEnding);
    this.#giveBack(others.map(({ claimed }) => claimed));
    this.#giveBackWaiting();
    this.#consider();
  }

  /** Begins what can be begun, and sees to it that a turn comes if there is need of one. */
  #consider(): void {
    // Whoever has to stop while it starts stops when there is something to be undone.
    if (!this.#isStarted || this.#phase === "ending") return;
    this.#pump();
    const pipeline = this.#outage.leavesDoubt ? 1 : this.options.engine.pipeline;
    if (this.#turn !== undefined || this.#exchanges.size >= pipeline) return;
    if (this.#outgoing.isEmpty && !this.#wantsJobs()) this.#endIfIdle();
    else this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    const rest = this.#outage.pauseMs || this.options.engine.restMs();
    const remaining = rest - (performance.now() - this.#lastExchange);
    const take = () => {
      this.#turn = undefined;
      void this.#exchanges.add(this.#exchange()).finally(() => this.#consider());
    };
    this.#turn = remaining <= 0 ? setImmediate(take) : setTimeout(take, remaining);
  }

  #wantsJobs(): boolean {
    if (this.#quarantine.isChosen || this.#types.length === 0 || this.#isLeaseOver) return false;
    // What has ended is told first: it would be begun again otherwise.
    if (this.#outage.leavesDoubt && !this.#outgoing.isEmpty) return false;
    return this.#phase === "working" && this.#wakes !== this.#answered && this.#room() > 0;
  }

  #room(): number {
    const { concurrency, engine } = this.options;
    const most = engine.batch();
    const held = this.#running.slots + this.#waiting.size + this.#claiming;
    const room = Math.min(most, concurrency + this.#prefetch.size(most * engine.pipeline) - held);
    const carried = () => this.#running.characters + this.#waiting.characters;
    return this.#load.limit(room, { running: held - this.#claiming, claiming: this.#claiming, carried });
  }

  async #exchange(): Promise<void> {
    const { id } = this.#maintenance;
    const claim = this.#claimRequest();
    const taken = this.#outgoing.take();
    const freesSlot = this.#hasFreedSlot;
    this.#hasFreedSlot &&= !this.#outgoing.isEmpty;
    const wakes = this.#wakes;
    this.#claiming += claim?.limit ?? 0;
    try {
      if (taken.returns.length > 0) await this.#release(id, taken);
      const { settle } = taken;
      const { lost, claimed, nextDue } = await this.#ask(id, taken, claim);
      this.#outage.over();
      reportLost(lost);
      this.#outgoing.told(taken);
      this.#reconciliation.told(settle);
      if (freesSlot) this.#wakes++;
      this.#claiming -= claim?.limit ?? 0;
      // Under its earlier id this worker was taken for dead: what it claimed then is somebody else's.
      if (claim === null || claimed === undefined || id !== this.#maintenance.id) return;
      this.#received(claimed, claim.limit, wakes);
      this.#maintenance.remind(nextDue, this.wake);
    } catch (error) {
      this.#claiming -= claim?.limit ?? 0;
      this.#outgoing.putBack(taken);
      this.#hasFreedSlot ||= freesSlot;
      this.#wakes++;
      if (isOutage(error)) this.#outage.failed(error);
      else this.#fail(error);
    } finally {
      this.#lastExchange = performance.now();
    }
  }

  /** Without `claimed` where the store refused what it was told, and was told it in parts. */
  async #ask(worker: string, taken: Taken, claim: ClaimRequest | null): Promise<Answer> {
    const { engine } = this.options;
    const { settle, progress } = taken;
    try {
      return await engine.exchange({ worker, settle, progress, claim });
    } catch (error) {
      if (isOutage(error) || settle.length + progress.length === 0) throw error;
      const lost = await deliverApart(engine, worker, taken, error);
      // Where it was the claim that was refused, the next one says so.
      this.#wakes++;
      return { lost, nextDue: null };
    }
  }

  async #release(worker: string, taken: Taken): Promise<void> {
    await this.options.engine.release(worker, taken.returns);
    this.#reconciliation.told(taken.returns);
    taken.returns = [];
  }

  #claimRequest(): ClaimRequest | null {
    if (!this.#wantsJobs()) return null;
    return { limit: this.#room(), limits: this.#limits, types: this.#types };
  }

  #received(given: ClaimedJob[], limit: number, wakes: number): void {
    const isFull = given.length >= limit;
    this.#load.learn(given);
    const claimed = this.#outage.leavesDoubt ? given.filter((job) => !this.#isHere(job)) : given;
    if (claimed.length === given.length) this.#outage.noDoubt();
    // Not full: there is no more, until somebody says that there is.
    if (!isFull) this.#answered = wakes;
    this.#prefetch.filled(isFull, performance.now());
    if (claimed.length === 0) return;
    if (this.#phase === "working") this.#take(claimed);
    else this.#giveBack(claimed);
  }

  #isHere(job: ClaimedJob): boolean {
    return this.#running.has(job) || this.#waiting.has(job) || this.#outgoing.settles(job);
  }

  /** Of a claim with a suspect in it only that one is kept, to be run alone. */
  #take(claimed: ClaimedJob[]): void {
    const suspect = this.#quarantine.choose(claimed, performance.now());
    if (suspect === undefined) {
      this.#waiting.add(claimed, performance.now());
      return;
    }
    this.#wakes++;
    this.#prefetch.collapse();
    this.#giveBack([...this.#waiting.takeAll(), ...claimed.filter((job) => job !== suspect)]);
    this.#waiting.add([suspect], performance.now());
  }

  /** Begins what has been claimed, as far as there is room. */
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

  /** A suspect is begun when the others have been given back, and nothing before it's known whose it is. */
  #mustHold(): boolean {
    if (this.#isLeaseOver) return true;
    if (!this.#quarantine.isChosen) return false;
    const isTold = this.#exchanges.size === 0 && this.#outgoing.isEmpty;
    return !isTold || this.#quarantine.mustWait(this.#running.size, performance.now());
  }

  #begin(claimed: ClaimedJob): void {
    const { handlers } = this.options;
    const handler = handlers.get(claimed.type);
    if (handler === undefined) {
      this.#giveBack([claimed]);
      return;
    }
    try {
      if (isLastAttempt(claimed, handler)) this.#begun.note(claimed);
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
    this.#outgoing.note(claimed, encode(value, "progress"));
    this.#consider();
  }

  /**
   * A handler that doesn't hear that its time is up keeps its slot, here and among those of its type. Only the end of the
   * process ends it: whoever started the worker starts it again.
   */
  #giveUpOn(execution: Execution): void {
    const { type } = execution.claimed;
    if (this.#phase === "ending" || !this.#running.remove(execution)) return;
    this.#reason = stuckHandler(type, this.#events.stuckAfterMs);
    logError("A handler ignores its signal: the worker ends", { type, id: execution.claimed.id });
    this.#settle(execution.claimed, execution.lateEnding);
    this.abort("the worker ends, for a handler ignores its signal");
    // What can't be told by then is taken over: this process will be gone.
    this.#alarm = setTimeout(() => this.#fail(this.#reason as Error), longestFarewell);
  }

  #settle(job: ClaimedJob, ending: Ending): void {
    const handler = this.options.handlers.get(job.type);
    const now = this.options.engine.now?.() ?? Date.now();
    const settlement = settlementOf(job, handler, ending, { now, random: Math.random });
    this.#outgoing.settle(settlement);
    this.#quarantine.forget(job.id);
    if (handler !== undefined && handler.concurrency !== null) this.#freeSlot();
    if (settlement.state === "retry") this.summary.retried++;
    else this.summary[settlement.state]++;
    reportFailure(job, settlement, ending);
    this.#tell(job, settlement);
  }

  /**
   * Its place among those of a limited type is free, as soon as the store knows: a claim beside the settlement may come
   * too early, and nobody else would look for a while.
   */
  #freeSlot(): void {
    this.#wakes++;
    this.#hasFreedSlot = this.options.engine.pipeline > 1;
  }

  /** Whatever the app's own code does with the news, the job is settled. */
  #tell(job: { id: number; type: string }, settlement: Settlement | Parked): void {
    try {
      this.options.onSettled?.(job, settlement);
    } catch (error) {
      logWarn("onSettled threw", { error: errorMessage(error) });
    }
  }

  #tellOfParked(type: string, count: number): void {
    const error = `${count === 1 ? "1 job waits" : `${count} jobs wait`}, and no worker takes them`;
    logWarn("No worker takes these jobs, so they are parked", { type, count });
    this.#tell({ id: 0, type }, { state: "parked", error });
  }

  #giveBack(jobs: readonly ClaimedJob[]): void {
    this.summary.returned += jobs.length;
    this.#outgoing.giveBack(jobs);
  }

  /** A suspect among them is one no more. */
  #giveBackWaiting(): void {
    this.#quarantine.clear();
    this.#giveBack(this.#waiting.takeAll());
  }

  /** They were canceled, or another worker has them. */
  #lose(jobs: readonly Held[]): void {
    this.#waiting.drop(jobs);
    const lost = this.#running.abandon(jobs, "the job was cancelled or taken over").map(({ id }) => id);
    for (const { id } of jobs) this.#quarantine.forget(id);
    reportLost(lost);
    this.wake();
  }

  /** An answer was lost: nobody would run them for as long as this worker lives. */
  #returnUnknown(jobs: readonly Held[]): void {
    logWarn("Giving back jobs whose claim was never answered", {
      ids: jobs.slice(0, 20).map(({ id }) => id),
    });
    this.#outgoing.giveBack(jobs);
    this.wake();
  }

  /** Others took this worker for dead and have its jobs. It goes on under another name. */
  #evicted(): void {
    const jobs =
      this.#running.abandonAll("the worker lost its lease").flat().length + this.#waiting.takeAll().length;
    this.#quarantine.clear();
    this.#outgoing.clear();
    logWarn("Lost the lease: other workers have this one's jobs", { jobs });
    this.wake();
  }

  #inherit(jobs: readonly ClaimedJob[], from: Holder): void {
    const guilty = blamed(jobs).filter((job) => this.#hadBegun(job, from.id));
    this.#outgoing.giveBack(jobs.filter((job) => !guilty.includes(job)));
    for (const job of guilty) {
      this.#settle(job, { kind: "crashed", error: new Error(`its worker died (${nameOf(from)})`) });
    }
    this.#begun.remove(from.id);
    this.wake();
  }

  /** Of an attempt that isn't the last nobody knows, and a retry takes nothing from the job but that attempt. */
  #hadBegun(job: ClaimedJob, worker: string): boolean {
    const handler = this.options.handlers.get(job.type);
    return handler === undefined || !isLastAttempt(job, handler) || this.#begun.hasBegun(worker, job);
  }

  /** Gives back what has waited here too long for its start. */
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

  /** What fails each time ends the worker: whoever started it has to see to it. */
  #fail(error: Error): void {
    if (this.#phase === "ending") return;
    this.#phase = "ending";
    this.#running.abandonAll("the worker failed");
    clearTimeout(this.#alarm);
    this.#watch?.close();
    const end = () => this.#reject(error);
    this.#maintenance.stop().then(end, end);
  }

  #endIfIdle(): void {
    const isIdle = this.#running.size === 0 && this.#waiting.size === 0 && this.#exchanges.size === 0;
    if (!isIdle || this.#phase === "ending") return;
    if (this.#phase === "working" && (!this.options.once || this.#isLeaseOver)) return;
    this.#phase = "ending";
    clearTimeout(this.#alarm);
    this.#watch?.close();
    const end = () => (this.#reason === undefined ? this.#resolve(this.summary) : this.#reject(this.#reason));
    this.#maintenance.stop().then(end, this.#reject);
  }
}

type Answer = Omit<Exchanged, "claimed"> & Partial<Exchanged>;

function isLastAttempt(job: ClaimedJob, handler: Handler): boolean {
  return job.attempt - job.spent >= attemptsFor(job, handler);
}

function nameOf({ id, host, pid }: Holder): string {
  return pid === null ? `worker ${id}` : `pid ${pid} on ${host}`;
}

function limitsOf(handlers: Handlers): Map<string, number> {
  const limits = new Map<string, number>();
  for (const [type, { concurrency }] of handlers) if (concurrency !== null) limits.set(type, concurrency);
  return limits;
}
