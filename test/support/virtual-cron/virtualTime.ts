/** One job that the daemon started: seconds since the epoch, and the line's command. */
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
  /** Debian's cron if absent. */
  readonly daemon?: OtherDaemon | undefined;
}

/** A cron that is not Debian's, and where fetch-crons.sh put its program. */
export interface OtherDaemon {
  readonly cron: "busybox" | "bcron" | "systemd-cron";
  readonly path: string;
}

export interface VirtualRun extends VirtualTime {
  /** root's crontab, complete. */
  readonly table: string;
}
