import type { Html } from "../html";
import type { View } from "../view";

/** What a form sent, by the names of its fields. */
export type Fields = Readonly<Record<string, string | string[]>>;

/** What an action comes to. */
export interface Done {
  /** One sentence for who did it. */
  message: string;
  /** The command or the type of jobs that it is recorded of. */
  subject: string;
  /** What is recorded besides; no secrets. */
  details?: string | null;
  runKey?: string | null;
  /** Where to go on, from the first page. */
  to: string;
}

/** What a page asks before something is done. */
export interface Question {
  title: string;
  /** What it comes to, in a sentence or two. */
  text: string;
  /** The fields besides what it is about; none for most. */
  fields?: Html;
  button: string;
  isDanger?: boolean;
  /** Where "Cancel" leads, from the first page. */
  back: string;
}

/** Something that people can do from the dashboard. `about` names what it is done to. */
export interface Action {
  /** Throws a LajuError where it is not there. */
  ask(about: URLSearchParams, view: View, given: Fields): Question | Promise<Question>;
  /** Throws a LajuError, which the page shows, where it cannot be done. */
  perform(about: URLSearchParams, fields: Fields): Done | Promise<Done>;
}

export function field(fields: Fields, name: string): string {
  const value = fields[name];
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? "";
}
