import type { LajuError } from "../config/errors";

/** An error that the user can mend: what happened, and below it what to do. */
export function describeError(error: LajuError): string {
  return error.hint === undefined ? error.message : `${error.message}\n  ${error.hint}`;
}
