import { LajuError } from "../../config/errors";

/** The part of an expression that is wrong, so that it can be underlined. */
export interface ScheduleProblem {
  /** The name of the wrong field ("day-of-month"); absent if the problem is not in a single field. */
  readonly field?: string;
  /** Position in the original expression. */
  readonly offset: number;
  readonly length: number;
  readonly found: string;
  /** The values allowed at that position. */
  readonly allowed: string;
  /** The closest valid expression. */
  readonly suggestion?: string;
}

/** The error for an invalid or ambiguous schedule. `problem` says where it is wrong and what is allowed. */
export class ScheduleError extends LajuError {
  readonly expression: string;
  readonly problem: ScheduleProblem;

  constructor(expression: string, message: string, problem: ScheduleProblem) {
    super(message, { code: "E_SCHEDULE", exitStatus: 2, hint: hintFor(problem) });
    this.name = "ScheduleError";
    this.expression = expression;
    this.problem = problem;
  }
}

/**
 * Thrown while parsing. parseSchedule catches it, looks for a valid spelling to suggest, and throws a ScheduleError.
 */
export class Misspelling extends Error {
  readonly problem: Omit<ScheduleProblem, "suggestion">;
  /** Expressions to try instead, best first. */
  readonly candidates: readonly string[];

  constructor(message: string, problem: Omit<ScheduleProblem, "suggestion">, candidates: readonly string[]) {
    super(message);
    this.problem = problem;
    this.candidates = candidates;
  }
}

function hintFor({ field, allowed, suggestion }: ScheduleProblem): string {
  const rule = field ? `The ${field} must be ${allowed}` : allowed;
  return suggestion === undefined ? `${rule}.` : `${rule}, such as "${suggestion}".`;
}

/** Quotes and shortens a string for a one-line message. */
export function shown(text: string): string {
  const printable = JSON.stringify(text);
  return printable.length <= 82 ? printable : `${printable.slice(0, 78)}…"`;
}
