/** A queue as the measuring programs use it, the same for ours and for others. */
export interface Adapter {
  /** Makes its tables. */
  prepare(): Promise<void>;
  push(data: object): Promise<unknown>;
  pushMany(list: object[]): Promise<unknown>;
  /** Works off jobs by `handler`, until it is stopped. */
  work(
    handler: (data: JobData) => Promise<unknown>,
    concurrency: number,
  ): Promise<{ stop(): Promise<unknown> }>;
  close(): Promise<unknown>;
}

export interface JobData {
  n: number;
  /** When it was queued, in milliseconds since the epoch with fractions. */
  at: number;
}
