/** A job, as the store contains it. */
export interface Row {
  id: number;
  /** The name that the producer gave the job; empty if it can't be read. */
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

/** Reads a store for the checks, without using the queue's own code. */
export interface Rows {
  all(): Promise<Row[]>;
  ofType(type: string): Promise<Row[]>;
  /** The ids of all registered workers and their processes. */
  workers(): Promise<{ id: string; pid: number }[]>;
  /** Closes all other connections to the server. */
  disconnectAll(): Promise<void>;
  /** The folder of the server's files, if they can be replaced with an older copy; otherwise undefined. */
  folder?(): Promise<string>;
  close(): Promise<void>;
}
