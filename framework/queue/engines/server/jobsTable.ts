import type { Connection } from "./connection";

/** How often an old table is looked at again, in milliseconds. */
const lookEvery = 1000;

/**
 * Whether the jobs table has the columns of this release. Its code may be started before its migration has run: it
 * then does without them, and looks again. Asked beforehand, as a failed statement ends a transaction of the app's.
 */
export class JobsTable {
  #isCurrent = false;
  #next = Number.NEGATIVE_INFINITY;

  /** `question`: SQL that has a row if the columns are there. */
  constructor(readonly question: string) {}

  async isCurrent(connection: Pick<Connection, "query">): Promise<boolean> {
    if (this.#isCurrent || performance.now() < this.#next) return this.#isCurrent;
    const { rows } = await connection.query(this.question);
    this.#next = performance.now() + lookEvery;
    this.#isCurrent = rows.length > 0;
    return this.#isCurrent;
  }
}
