import type { Html } from "../html";
import type { View } from "../view";

/** The submitted form, by field name. */
export type Fields = Readonly<Record<string, string>>;

/** The result of an action. */
export interface Done {
  /** One sentence for the person who performed the action. */
  message: string;
  /** The command or job type under which the action is recorded. */
  subject: string;
  /** Details that are recorded with the action, without secrets. */
  details?: string | null;
  runKey?: string | null;
  /** The path of the page to show next, relative to the home page. */
  to: string;
}

/** A confirmation page. */
export interface Question {
  title: string;
  /** What the action will do, in a sentence or two. */
  text: string;
  /** Additional fields; most actions have none. */
  fields?: Html;
  button: string;
  isDanger?: boolean;
  /** Where "Cancel" leads, relative to the home page. */
  back: string;
}

/** Something that people can do in the dashboard. `about` identifies the command or job to do it to. */
export interface Action {
  /** Returns the confirmation page. Throws a LajuError if the command or job does not exist. */
  ask(about: URLSearchParams, view: View, given: Fields): Question | Promise<Question>;
  /** Throws a LajuError, shown on the page, if the action fails. */
  perform(about: URLSearchParams, fields: Fields): Done | Promise<Done>;
}

export function field(fields: Fields, name: string): string {
  return fields[name]?.trim() ?? "";
}
