import type { Knex } from "knex";
import type { NewJob, Pushed, Replaced } from "../../engine";
import { onCommit, pushedHere, pushedIn } from "../../pushedHere";
import { portionsOf } from "../portions";
import { PushBatcher } from "../pushBatcher";
import { type Connection, transaction, withRetries } from "./connection";
import type { Connections } from "./connections";
import type { Notifier, ServerDialect } from "./dialect";

/** So many inserts are on their way at once: two would be half as large, and a third dearer for each job. */
const width = 1;
/** More jobs than these may be several statements: they are queued in a transaction. */
const portion = 500;

/** How jobs get into the table. */
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
      ? // What waits for another transaction with the same key must not keep others waiting.
        this.#alone((connection) => this.#insertAll(connection, jobs))
      : this.#batcher.push(jobs));
    pushedHere();
    return pushed;
  }

  async replace(job: NewJob, staleMs: number, trx?: Knex.Transaction): Promise<Replaced> {
    const work = (connection: Connection) => this.dialect.replace(connection, job, staleMs);
    if (trx !== undefined) return this.#within(trx, work);
    const replaced = await this.#alone((connection) => transaction(connection, () => work(connection)));
    this.notifier.tell();
    pushedHere();
    return replaced;
  }

  #alone<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return withRetries(() => this.connections.use(work));
  }

  /** Seen by others after its commit, if at all. */
  async #within<T>(trx: Knex.Transaction, work: (connection: Connection) => Promise<T>): Promise<T> {
    const result = await work(await this.connections.within(trx));
    pushedIn(trx);
    onCommit(trx, () => this.notifier.tell());
    return result;
  }

  async #insertAll(connection: Connection, jobs: readonly NewJob[]): Promise<Pushed[]> {
    if (jobs.length === 1) return this.#insert(connection, jobs);
    const pushed = await transaction(connection, () => this.#insertSilently(connection, jobs));
    this.notifier.tell();
    return pushed;
  }

  async #insert(connection: Connection, jobs: readonly NewJob[]): Promise<Pushed[]> {
    const tells = this.notifier.isDue();
    const pushed = await this.dialect.insert(connection, jobs, tells);
    if (!tells) this.notifier.tell();
    return pushed;
  }

  /** One with a key at a time: of two at once, only the database knows which is new. */
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
