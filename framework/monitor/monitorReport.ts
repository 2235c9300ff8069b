export interface MonitorReport {
  /** What has changed since the last pass, one sentence each. */
  news: string[];
  /** The tasks that the monitor could not do, one sentence each. */
  failures: string[];
}
