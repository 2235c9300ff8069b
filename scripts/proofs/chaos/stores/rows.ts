/** A job as it stands in the store. */
export interface Row {
  id: number;
  /** By what the producer called it; empty where that cannot be read. */
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

/** How the checks look at a store, beside the queue's own code. */
export interface Rows {
  all(): Promise<Row[]>;
  ofType(type: string): Promise<Row[]>;
  /** The processes of the workers that are known. */
  workers(): Promise<{ id: string; pid: number }[]>;
  /** Ends all connections to the server but this one. */
  disconnectAll(): Promise<void>;
  /** Where the server keeps its files, if they can be put back as they were. */
  folder?(): Promise<string>;
  close(): Promise<void>;
}
