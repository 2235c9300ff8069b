import { type Exchange, type Held, heldOf, isSameClaim, type Settlement } from "../engine";

/**
 * How large a report may be, in characters, because the results of one second may exceed a server's packet size or the
 * maximum string length. A larger settlement is sent alone.
 */
const portion = 4_000_000;

/** The outcomes and progress that a worker has to report, kept until the store has confirmed them. */
export class Outgoing {
  #settlements: Settlement[] = [];
  #progress = new Map<number, Held & { value: string }>();
  #returns: Held[] = [];
  /** The size of the settlements and progress, in characters. */
  #size = 0;
  readonly #underWay = new Set<Taken>();

  get isEmpty(): boolean {
    return this.#settlements.length === 0 && this.#progress.size === 0 && this.#returns.length === 0;
  }

  settle(settlement: Settlement): void {
    if (this.#progress.size > 0) this.#progress.delete(settlement.id);
    this.#settlements.push(settlement);
    this.#size += sizeOf(settlement);
  }

  /** Stores a job's progress for the next report. Only the latest value of each job is kept. */
  note(job: Held, value: string): void {
    this.#progress.set(job.id, { ...heldOf(job), value });
    this.#size += value.length;
  }

  giveBack(jobs: readonly Held[]): void {
    for (const job of jobs) this.#returns.push(heldOf(job));
  }

  settles(job: Held): boolean {
    const isIt = (one: Held) => isSameClaim(one, job);
    return this.#settlements.some(isIt) || [...this.#underWay].some(({ settle }) => settle.some(isIt));
  }

  /** Every job whose end or return has not been confirmed. */
  held(): Held[] {
    const underWay = [...this.#underWay].flatMap(({ settle, returns }) => [...settle, ...returns]);
    return [...this.#settlements, ...this.#returns, ...underWay];
  }

  /** Returns what to report now. Call `confirm` or `putBack` once the outcome is known. */
  take(): Taken {
    const taken = this.#size <= portion ? this.#takeAll() : this.#takePortion();
    this.#underWay.add(taken);
    return taken;
  }

  #takeAll(): Taken {
    const taken = {
      settle: this.#settlements,
      progress: [...this.#progress.values()],
      returns: this.#returns,
    };
    this.#forgetQueued();
    return taken;
  }

  #takePortion(): Taken {
    const { settle, progress, returns } = this.#takeAll();
    const end = endOfPortion(settle.map(sizeOf), portion);
    const room = portion - total(settle.slice(0, end).map(sizeOf));
    const noted =
      room <= 0
        ? 0
        : endOfPortion(
            progress.map(({ value }) => value.length),
            room,
          );
    for (const settlement of settle.slice(end)) this.settle(settlement);
    for (const { value, ...job } of progress.slice(noted)) this.note(job, value);
    return { settle: settle.slice(0, end), progress: progress.slice(0, noted), returns };
  }

  confirm(taken: Taken): void {
    this.#underWay.delete(taken);
  }

  /** Puts back what was not delivered, to be reported again. Drops progress, because there may be newer progress. */
  putBack(taken: Taken): void {
    if (!this.#underWay.delete(taken)) return;
    this.#settlements = [...taken.settle, ...this.#settlements];
    this.#size += total(taken.settle.map(sizeOf));
    this.#returns = [...taken.returns, ...this.#returns];
  }

  /** Called when other workers own all of these jobs. */
  clear(): void {
    this.#forgetQueued();
    this.#underWay.clear();
  }

  #forgetQueued(): void {
    this.#settlements = [];
    this.#progress.clear();
    this.#returns = [];
    this.#size = 0;
  }
}

export interface Taken {
  settle: Settlement[];
  progress: Exchange["progress"][number][];
  returns: Held[];
}

function sizeOf(settlement: Settlement): number {
  const { error = "", state } = settlement;
  const result = state === "completed" ? (settlement.result?.length ?? 0) : 0;
  const next = state === "retry" ? 0 : (settlement.next?.data.length ?? 0);
  return error.length + result + next;
}

/** How many of the first items fit into `most`; at least one. */
function endOfPortion(sizes: readonly number[], most: number): number {
  let size = 0;
  const end = sizes.findIndex((each, index) => {
    size += each;
    return index > 0 && size > most;
  });
  return end === -1 ? sizes.length : end;
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
