export interface MonitorReport {
  /** The news, one sentence each. */
  news: string[];
  /** The tasks that the monitor could not do, one sentence each. */
  failures: string[];
}
