/** What a database's own driver does, below Knex. */
export interface Driver {
  ask(raw: unknown, sql: string, values: readonly unknown[] | undefined, timeoutMs: number): Promise<Answer>;
  /** Ends a connection at once, without a word to the other side. */
  cut(raw: unknown): void;
  /** Whether the server itself said no, so that the connection is as good as before. */
  isAnswer(error: Error): boolean;
}

export interface Answer {
  /** Rows as arrays: half as dear to make as objects. */
  rows: unknown[][];
  /** How many rows were changed. */
  count: number;
  firstId?: number;
}

export interface Connection {
  /** One that takes longer than `timeoutMs` ends the connection. */
  query(sql: string, values?: readonly unknown[], timeoutMs?: number): Promise<Answer>;
  /** Whether the jobs table has the columns of this release. */
  isCurrent(): Promise<boolean>;
}
