import type { LajuError } from "../config/errors";

/** The text of an error that the user can fix: what happened and, on the next line, what to do. */
export function describeError(error: LajuError): string {
  return error.hint === undefined ? error.message : `${error.message}\n  ${error.hint}`;
}
