/** What the benchmark needs from a queue, the same for laju and other queues. */
export interface Adapter {
  /** Creates the queue's tables. */
  prepare(): Promise<void>;
  push(data: object): Promise<unknown>;
  pushMany(list: object[]): Promise<unknown>;
  /** Processes jobs with `handler` until it is stopped. */
  work(
    handler: (data: JobData) => Promise<unknown>,
    concurrency: number,
  ): Promise<{ stop(): Promise<unknown> }>;
  close(): Promise<unknown>;
}

export interface JobData {
  n: number;
  /** When the job was queued, in milliseconds since the epoch. The number may have decimals. */
  at: number;
}
