/** A queue as the benchmark uses it, with the same interface for laju and other queues. */
export interface Adapter {
  /** Creates its tables. */
  prepare(): Promise<void>;
  push(data: object): Promise<unknown>;
  pushMany(list: object[]): Promise<unknown>;
  /** Processes jobs with `handler` until stopped. */
  work(
    handler: (data: JobData) => Promise<unknown>,
    concurrency: number,
  ): Promise<{ stop(): Promise<unknown> }>;
  close(): Promise<unknown>;
}

export interface JobData {
  n: number;
  /** When the job was queued, in milliseconds since the epoch, with fractions. */
  at: number;
}
