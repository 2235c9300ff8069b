import type { CalendarSchedule, Field } from "../expression/types";

/** How a daemon interprets five unparsed fields: when it starts the command, or why it never does. */
export type AsWritten =
  | { kind: "calendar"; schedule: CalendarSchedule }
  | { kind: "reboot" }
  /** The line is accepted but never starts the command. */
  | { kind: "never"; reason: string }
  /** crontab(1) refuses to install the line, or the daemon refuses to load it. */
  | { kind: "refused"; reason: string };

/** The values of each field, as the daemon stores them. */
export interface RawFields {
  minute: Field;
  hour: Field;
  dayOfMonth: Field;
  month: Field;
  dayOfWeek: Field;
}
