import type { CommandFacts } from "../../metadata/manifest";
import type { AppLocation, CrontabRow } from "../text/line";

/** What an export for another scheduler is made from. */
export interface ExportSource {
  /** The commands in list order, each with its crontab row. */
  readonly commands: readonly ExportedCommand[];
  readonly place: AppLocation;
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

/** Something translated exactly for another scheduler, or the reason why that is impossible. */
export type Expressed<T> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: ExportProblem };

export interface ExportProblem {
  /** Continues a sentence that starts with "schedule "…"" or the field's name. */
  readonly reason: string;
  /** What the user can do. */
  readonly remedy: string;
}
