/** A job as stored. */
export interface Row {
  id: number;
  /** The name given by the producer; empty if it can't be read. */
  n: string;
  type: string;
  state: string;
  attempt: number;
  worker: string | null;
  unique: string | undefined;
  due: number | null;
  createdAt: number | null;
  rescheduledFrom: number | null;
  isCron: boolean;
  isRescheduled: boolean;
  error: string;
}

/** How the checks read a store, independently of the queue's own code. */
export interface Rows {
  all(): Promise<Row[]>;
  ofType(type: string): Promise<Row[]>;
  /** The processes of the registered workers. */
  workers(): Promise<{ id: string; pid: number }[]>;
  /** Closes all connections to the server except this one. */
  disconnectAll(): Promise<void>;
  /** Where the server keeps its files, if they can be replaced with an older copy. */
  folder?(): Promise<string>;
  close(): Promise<void>;
}
