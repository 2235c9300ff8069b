/** One line of a crontab, but for the command. */
export interface CronEntry {
  /** Five fields, or @reboot, exactly as cron has them. */
  readonly fields: string;
  /** `case … in PATTERN)`; the command follows, then ` ;; esac`. Any % is still to be escaped. */
  readonly guard?: string;
  /** A shell command that waits for the second within the minute; to be followed by `;`. */
  readonly delay?: string;
  /** The second of the minute at which it starts. */
  readonly second: number;
  /** Names the schedule and its zone, in letters and digits only: what LAJU_ENTRY is set to. */
  readonly id: string;
  /**
   * Whether the line may start the command at other moments than the schedule's, so that the command has to
   * look for itself. False: cron alone is exact.
   */
  readonly isCoarse: boolean;
}

export interface EntryOptions {
  /** The zone of the schedule; the host's if absent. */
  readonly timezone?: string;
  readonly hostTimezone: string;
  /** Whether that is the daemon's own zone (TZ in its environment) and not the system's, which guards see otherwise. */
  readonly isDaemonsOwn?: boolean | undefined;
  /** For lines without a command that decides: nothing but the schedule's own times may pass. */
  readonly portable?: boolean;
}
