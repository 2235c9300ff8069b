import type { CommandFacts } from "../../metadata/manifest";
import type { CrontabPlace, CrontabRow } from "../text/line";

/** What other schedulers than cron are told of the commands. */
export interface ExportSource {
  /** The commands in the order in which they are listed, each with its crontab row. */
  readonly commands: readonly ExportedCommand[];
  readonly place: CrontabPlace;
  readonly hostTimezone: string;
}

export interface ExportedCommand {
  readonly facts: CommandFacts;
  readonly row: CrontabRow;
}

/** One file for the other scheduler. */
export interface ExportedFile {
  readonly name: string;
  readonly text: string;
}

/** A thing of ours in the words of another scheduler, or why it has none: never something similar. */
export type Expressed<T> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: ExportProblem };

export interface ExportProblem {
  /** Goes on after "schedule "…"" or the field's name. */
  readonly reason: string;
  /** What the user can do. */
  readonly remedy: string;
}
