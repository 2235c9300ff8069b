import { logWarn } from "../../services/Logger";
import type { ClaimedJob, ClaimRequest, Exchanged, Held, QueueEngine, Settlement, Watch } from "../engine";
import type { Handlers } from "../handlers";
import { isOutage } from "../outage";
import { encode } from "../payload";
import { deliverApart } from "./delivery";
import { type Ending, settlementOf } from "./ending";
import { Execution } from "./execution";
import { Maintenance } from "./maintenance";
import { Outage } from "./outage";
import { Outgoing, type Taken } from "./outgoing";
import { Prefetch } from "./prefetch";
import { blamed, Quarantine } from "./quarantine";
import { Reconciliation } from "./reconciliation";
import { unknownType } from "./refusals";
import { reportFailure, reportLost } from "./reports";
import { Running } from "./running";
import { UnderWay } from "./underWay";
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
  /** Told what is to become of each job, before it is written. */
  onSettled?: (job: ClaimedJob, settlement: Settlement) => void;
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
  readonly #running = new Running();
  readonly #waiting = new Waiting();
  readonly #outage = new Outage();
  readonly #outgoing = new Outgoing();
  readonly #prefetch = new Prefetch();
  readonly #quarantine = new Quarantine();
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
  #isStarted = false;
  #resolve!: (summary: WorkerSummary) => void;
  #reject!: (error: unknown) => void;

  constructor(readonly options: WorkerOptions) {
    const { handlers, engine, concurrency, leaseMs = 15_000, keepMs = 30 * 86_400_000 } = options;
    this.#limits = limitsOf(handlers);
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#maintenance = new Maintenance(engine, {
      leaseMs,
      keepMs,
      concurrency,
      reconciliation: this.#reconciliation,
      onEvicted: () => this.#evicted(),
      onTaken: (jobs, from) => this.#inherit(jobs, from),
      onTick: () => this.#relieve(),
    });
  }

  async start(): Promise<void> {
    await this.#maintenance.start(this.wake);
    this.#watch = await this.options.engine.watch(this.wake);
    this.#isStarted = true;
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
    this.#giveBackWaiting();
    this.#consider();
  }

  /** Aborts what runs and gives it back. */
  abort(reason: string): void {
    if (this.#phase === "ending") return;
    this.#phase = "stopping";
    this.#giveBack(this.#running.abandonAll(reason));
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
    if (this.#quarantine.isChosen) return false;
    // What has ended is told first: it would be begun again otherwise.
    if (this.#outage.leavesDoubt && !this.#outgoing.isEmpty) return false;
    return this.#phase === "working" && this.#wakes !== this.#answered && this.#room() > 0;
  }

  #room(): number {
    const { concurrency, engine } = this.options;
    const most = engine.batch();
    const held = this.#running.size + this.#waiting.size + this.#claiming;
    return Math.min(most, concurrency + this.#prefetch.size(most * engine.pipeline) - held);
  }

  async #exchange(): Promise<void> {
    const { id } = this.#maintenance;
    const claim = this.#claimRequest();
    const taken = this.#outgoing.take();
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
      this.#claiming -= claim?.limit ?? 0;
      // Under its earlier id this worker was taken for dead: what it claimed then is somebody else's.
      if (claim === null || claimed === undefined || id !== this.#maintenance.id) return;
      this.#received(claimed, claim.limit, wakes);
      this.#maintenance.remind(nextDue, this.wake);
    } catch (error) {
      this.#claiming -= claim?.limit ?? 0;
      this.#outgoing.putBack(taken);
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
    const { types } = this.options;
    return { limit: this.#room(), limits: this.#limits, ...(types && { types }) };
  }

  #received(given: ClaimedJob[], limit: number, wakes: number): void {
    const isFull = given.length >= limit;
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
    while (this.#waiting.size > 0 && this.#running.size < concurrency) this.#begin(this.#waiting.next());
    this.#isPumping = false;
    if (this.#waiting.size > 0) return;
    this.#waiting.takeAll();
    const { engine } = this.options;
    this.#prefetch.emptied(performance.now(), engine.batch() * engine.pipeline);
  }

  /** A suspect is begun when the others have been given back. */
  #mustHold(): boolean {
    if (!this.#quarantine.isChosen) return false;
    const isTold = this.#exchanges.size === 0 && this.#outgoing.isEmpty;
    return !isTold || this.#quarantine.mustWait(this.#running.size, performance.now());
  }

  #begin(claimed: ClaimedJob): void {
    const { handlers } = this.options;
    const handler = handlers.get(claimed.type);
    try {
      if (handler === undefined) throw unknownType(claimed.type, handlers);
      const execution = new Execution(claimed, handler, this.#onEnd, this.#onProgress);
      this.#running.add(execution);
      execution.begin();
    } catch (error) {
      this.#settle(claimed, { kind: "refused", error });
    }
  }

  readonly #onEnd = (execution: Execution, ending: Ending): void => {
    if (!this.#running.remove(execution)) return;
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
    this.#quarantine.forget(job.id);
    // Its place among those of a limited type is free.
    if (handler !== undefined && handler.concurrency !== null) this.#wakes++;
    if (settlement.state === "retry") this.summary.retried++;
    else this.summary[settlement.state]++;
    reportFailure(job, settlement, ending);
    this.options.onSettled?.(job, settlement);
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
      this.#running.abandonAll("the worker lost its lease").length + this.#waiting.takeAll().length;
    this.#quarantine.clear();
    this.#outgoing.clear();
    logWarn("Lost the lease: other workers have this one's jobs", { jobs });
    this.wake();
  }

  #inherit(jobs: readonly ClaimedJob[], from: string): void {
    const guilty = blamed(jobs);
    this.#outgoing.giveBack(jobs.filter((job) => !guilty.includes(job)));
    for (const job of guilty) {
      this.#settle(job, { kind: "crashed", error: new Error(`its worker died (${from})`) });
    }
    this.wake();
  }

  /** Gives back what has waited here too long for its start. */
  #relieve(): void {
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
    if (this.#phase === "working" && !this.options.once) return;
    this.#phase = "ending";
    clearTimeout(this.#alarm);
    this.#watch?.close();
    this.#maintenance.stop().then(() => this.#resolve(this.summary), this.#reject);
  }
}

type Answer = Omit<Exchanged, "claimed"> & Partial<Exchanged>;

function limitsOf(handlers: Handlers): Map<string, number> {
  const limits = new Map<string, number>();
  for (const [type, { concurrency }] of handlers) if (concurrency !== null) limits.set(type, concurrency);
  return limits;
}
