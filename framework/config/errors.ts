/** What a LajuError carries beside its message. */
export interface LajuErrorDetails {
  /** A stable name for the kind of error, such as "E_SCHEDULE". */
  code: string;
  /** What the reader can do about it, as a sentence. */
  hint?: string;
  /** The exit status the process ends with: 1 failed (default), 2 used wrongly. */
  exitStatus?: 1 | 2;
  cause?: unknown;
}

/**
 * An error that the user caused and can mend. It is shown as one sentence and a hint, without a stack;
 * every other error is ours and is shown whole.
 */
export class LajuError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitStatus: 1 | 2;

  constructor(message: string, { code, hint, exitStatus = 1, cause }: LajuErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LajuError";
    this.code = code;
    this.hint = hint;
    this.exitStatus = exitStatus;
  }
}
