import { append } from "./checks/trace";
import { now, pause } from "./clock";
import type { Row, Rows } from "./stores/rows";

const lookEvery = 700;
/**
 * If reading the store takes longer than this, in milliseconds, the machine is too slow for any worker to be on time.
 */
const slow = 1500;
/** A fault that is not in the plan. */
export const slowMachine = "slowMachine";

/** A job that a worker held, unchanged, each time the store was read. */
export interface Sighting {
  n: string;
  id: number;
  worker: string;
  /** Its process id, if known. */
  pid: number | undefined;
  first: number;
  last: number;
}

/** Reads the store repeatedly, and records which jobs it reports as completed. */
export class Observer {
  readonly sightings = new Map<string, Sighting>();
  /** Unique keys that two unfinished jobs had at the same time. */
  readonly doubles = new Map<string, string[]>();
  readonly #completed = new Set<string>();
  /** For every worker ever seen. */
  readonly #pids = new Map<string, number>();
  #isOver = false;
  #looking: Promise<void> | undefined;

  constructor(
    readonly rows: Rows,
    readonly trace: string,
  ) {}

  start(): void {
    this.#looking = this.#lookOften();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#looking;
  }

  async look(): Promise<Row[]> {
    const asked = now();
    for (const { id, pid } of await this.rows.workers()) this.#pids.set(id, pid);
    const rows = await this.rows.all();
    // Take the time after the answer: a job that started after the query may have ended before the answer.
    const t = now();
    if (t - asked > slow)
      append(this.trace, { what: "fault", fault: slowMachine, target: "", until: t }, asked);
    for (const row of rows) {
      if (row.state === "completed") this.#note(row, asked, t);
      if (row.state === "processing" && row.worker !== null) this.#sight(row, row.worker, t);
    }
    this.#findDoubles(rows);
    return rows;
  }

  async #lookOften(): Promise<void> {
    while (!this.#isOver) {
      await this.look().catch(() => {}); // The server is down.
      await pause(lookEvery);
    }
  }

  #note({ n, id }: Row, asked: number, t: number): void {
    if (this.#completed.has(n)) return;
    this.#completed.add(n);
    append(this.trace, { what: "completed", n, id, asked }, t);
  }

  #sight({ n, id, attempt }: Row, worker: string, t: number): void {
    const key = `${n} ${id} ${attempt} ${worker}`;
    const seen = this.sightings.get(key);
    if (seen === undefined)
      this.sightings.set(key, { n, id, worker, pid: this.#pids.get(worker), first: t, last: t });
    else seen.last = t;
  }

  #findDoubles(rows: readonly Row[]): void {
    const open = new Map<string, string[]>();
    for (const { unique, type, state, n } of rows) {
      if (unique === undefined || !["pending", "scheduled", "processing"].includes(state)) continue;
      const word = `${type}:${unique}`;
      open.set(word, [...(open.get(word) ?? []), n]);
    }
    for (const [word, names] of open) if (names.length > 1) this.doubles.set(word, names);
  }
}
