import type { CalendarSchedule, Field } from "../expression/types";

/** What a daemon makes of five raw fields: when it starts them, or why it never does. */
export type AsWritten =
  | { kind: "calendar"; schedule: CalendarSchedule }
  | { kind: "reboot" }
  /** The line is accepted and starts nothing. */
  | { kind: "never"; reason: string }
  /** The line is not accepted: crontab(1) or the daemon says so. */
  | { kind: "refused"; reason: string };

/** The values of each field, as the daemon has them in its table. */
export interface RawFields {
  minute: Field;
  hour: Field;
  dayOfMonth: Field;
  month: Field;
  dayOfWeek: Field;
}
