import type { CommandFacts } from "../../metadata/manifest";
import type { AppLocation, CrontabRow } from "../text/line";

/** The input of an export for another scheduler. */
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

/** An exact translation for another scheduler, or the reason why there is none. */
export type Expressed<T> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: ExportProblem };

export interface ExportProblem {
  /** Why the translation is impossible: the rest of a sentence whose subject is the field, such as `schedule "…"`. */
  readonly reason: string;
  /** What the user can do about it. */
  readonly remedy: string;
}
