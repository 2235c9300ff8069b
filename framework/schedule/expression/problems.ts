import { LajuError } from "../../config/errors";

/** Where an expression is wrong, so that it can be underlined. */
export interface ScheduleProblem {
  /** The field it is in, as people call it ("day-of-month"); absent when no single field is to blame. */
  readonly field?: string;
  /** Position in the expression as it was given. */
  readonly offset: number;
  readonly length: number;
  readonly found: string;
  /** What may stand there. */
  readonly allowed: string;
  /** The nearest valid expression, whole. */
  readonly suggestion?: string;
}

/** A schedule that means nothing, or nothing for certain; `problem` says where and what would do. */
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

/** Thrown while parsing; parseSchedule turns it into a ScheduleError once it knows a valid spelling. */
export class Misspelling extends Error {
  readonly problem: Omit<ScheduleProblem, "suggestion">;
  /** Expressions to try in the place of this one, best first. */
  readonly candidates: readonly string[];

  constructor(message: string, problem: Omit<ScheduleProblem, "suggestion">, candidates: readonly string[]) {
    super(message);
    this.problem = problem;
    this.candidates = candidates;
  }
}

function hintFor({ field, allowed, suggestion }: ScheduleProblem): string {
  const rule = field ? `The ${field} takes ${allowed}` : allowed;
  return suggestion === undefined ? `${rule}.` : `${rule}, such as "${suggestion}".`;
}

/** The text as it can stand in a one-line message. */
export function shown(text: string): string {
  const printable = JSON.stringify(text);
  return printable.length <= 82 ? printable : `${printable.slice(0, 78)}…"`;
}
