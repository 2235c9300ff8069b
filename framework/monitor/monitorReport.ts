export interface MonitorReport {
  /** What is new, one sentence each. */
  news: string[];
  /** What the monitor itself could not do. */
  failures: string[];
}
