import type { Knex } from "knex";
import type { NewJob, Pushed, Replaced } from "../../engine";
import { onCommit, pushedHere, pushedIn } from "../../pushedHere";
import { portionsOf } from "../portions";
import { PushBatcher } from "../pushBatcher";
import { type Connection, transaction, withRetries } from "./connection";
import type { Connections } from "./connections";
import type { Notifier, ServerDialect } from "./dialect";

/**
 * The maximum number of inserts in flight at once. With two, each would insert half as many jobs and take a third
 * longer per job.
 */
const width = 1;
/** More jobs than this may need several statements, so they are queued in a transaction. */
const portion = 500;

/** Inserts jobs into the table. */
export class Pushes {
  readonly #batcher: PushBatcher;

  constructor(
    readonly connections: Connections,
    readonly dialect: ServerDialect,
    readonly notifier: Notifier,
  ) {
    this.#batcher = new PushBatcher(
      (jobs) => this.#alone((connection) => this.#insert(connection, jobs)),
      width,
    );
  }

  async push(jobs: readonly NewJob[], trx?: Knex.Transaction): Promise<Pushed[]> {
    if (trx !== undefined) return this.#within(trx, (connection) => this.#insertSilently(connection, jobs));
    const isApart = jobs.some(isUnique) || jobs.length > portion || portionsOf(jobs).length > 1;
    const pushed = await (isApart
      ? // A job with a unique key may wait for another transaction. Insert it alone, so that it delays no others.
        this.#alone((connection) => this.#insertAll(connection, jobs))
      : this.#batcher.push(jobs));
    pushedHere();
    return pushed;
  }

  async replace(job: NewJob, staleMs: number, trx?: Knex.Transaction): Promise<Replaced> {
    const work = (connection: Connection) => this.dialect.replace(connection, job, staleMs);
    if (trx !== undefined) return this.#within(trx, work);
    const replaced = await this.#alone((connection) => transaction(connection, () => work(connection)));
    this.notifier.pushed();
    pushedHere();
    return replaced;
  }

  #alone<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return withRetries(() => this.connections.use(work));
  }

  /** Other sessions see the jobs only after the transaction's commit. */
  async #within<T>(trx: Knex.Transaction, work: (connection: Connection) => Promise<T>): Promise<T> {
    const result = await work(await this.connections.within(trx));
    pushedIn(trx);
    onCommit(trx, () => this.notifier.pushed());
    return result;
  }

  async #insertAll(connection: Connection, jobs: readonly NewJob[]): Promise<Pushed[]> {
    if (jobs.length === 1) return this.#insert(connection, jobs);
    const pushed = await transaction(connection, () => this.#insertSilently(connection, jobs));
    this.notifier.pushed();
    return pushed;
  }

  async #insert(connection: Connection, jobs: readonly NewJob[]): Promise<Pushed[]> {
    const notifies = this.notifier.isDue();
    const pushed = await this.dialect.insert(connection, jobs, notifies);
    if (!notifies) this.notifier.pushed();
    return pushed;
  }

  /**
   * Inserts jobs with a unique key one at a time, because only the database knows which of two concurrent inserts is
   * first.
   */
  async #insertSilently(connection: Connection, jobs: readonly NewJob[]): Promise<Pushed[]> {
    const pushed: Pushed[] = [];
    const portions = jobs.some(isUnique) ? jobs.map((job) => [job]) : portionsOf(jobs);
    for (const some of portions) pushed.push(...(await this.dialect.insert(connection, some, false)));
    return pushed;
  }
}

function isUnique({ uniqueKey }: NewJob): boolean {
  return uniqueKey !== undefined;
}
