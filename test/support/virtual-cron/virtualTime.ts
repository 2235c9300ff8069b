/** A job that the daemon started: when, in seconds since the epoch, and its command. */
export interface Started {
  readonly at: number;
  readonly command: string;
}

export interface VirtualTime {
  readonly timezone: string;
  readonly from: Date;
  readonly to: Date;
  /** Clock changes, as [seconds since the epoch, seconds to add]. */
  readonly jumps?: readonly (readonly [number, number])[];
  /** The daemon to run; Debian's cron if absent. */
  readonly daemon?: OtherDaemon | undefined;
}

/** The name of a cron other than Debian's, and the program that fetch-crons.sh has unpacked. */
export interface OtherDaemon {
  readonly cron: "busybox" | "bcron" | "systemd-cron";
  readonly path: string;
}

export interface VirtualRun extends VirtualTime {
  /** The complete crontab of root. */
  readonly table: string;
}
