export interface MonitorReport {
  /** What is new, one sentence each. */
  news: string[];
  /** What the monitor could not do, one sentence each. */
  failures: string[];
}
