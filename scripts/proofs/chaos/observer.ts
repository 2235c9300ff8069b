import { append } from "./checks/trace";
import { now, pause } from "./clock";
import type { Row, Rows } from "./stores/rows";

const lookEvery = 700;
/**
 * If reading the store takes longer than this, in milliseconds, the machine is too slow to expect workers to be on
 * time.
 */
const slow = 1500;
/** The name under which a slow machine is recorded, as a fault that is not in the plan. */
export const slowMachine = "slowMachine";

/** A job that the same worker was found to hold each time the store was read. */
export interface Sighting {
  n: string;
  id: number;
  worker: string;
  /** The worker's process id, if known. */
  pid: number | undefined;
  first: number;
  last: number;
}

/** Reads the store repeatedly. Records which jobs are completed, and which worker holds which job. */
export class Observer {
  readonly sightings = new Map<string, Sighting>();
  /** The names of unfinished jobs that had the same unique key at the same time, by that key. */
  readonly doubles = new Map<string, string[]>();
  readonly #completed = new Set<string>();
  /** The process ids of all workers seen so far, by worker. */
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
    // Use the time after the answer, because a job may have started and ended between the query and the answer.
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
      await this.look().catch(() => {}); // Ignore errors, because the server may be down.
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
