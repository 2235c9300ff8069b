/** What a LajuError contains besides its message. */
export interface LajuErrorDetails {
  /** A stable name for the kind of error, such as "E_SCHEDULE". */
  code: string;
  /** What the user can do about it, as a sentence. */
  hint?: string;
  /** The process's exit status: 1 for a failure (default), 2 for a usage error. */
  exitStatus?: 1 | 2;
  cause?: unknown;
}

/**
 * An error that the user can fix. It is shown as one sentence and a hint, without a stack. Any other error is a bug and is
 * shown in full.
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
