import { LajuError } from "../../../config/errors";
import { logDebug, logError, logInfo, logWarn } from "../../../services/Logger";
import type { ClaimedJob } from "../../engine";
import type { Handler } from "../../handlers";
import type { JobContext, RunningJob } from "../../job";
import type { Ending } from "./ending";

const log = { info: logInfo, warn: logWarn, error: logError, debug: logDebug };

/** The longest delay of a Node timer. A longer one would fire immediately. */
const longestTimer = 2_147_483_647;

/**
 * One attempt of a job. If the attempt times out or the worker loses the job, the handler's signal is aborted. The
 * handler keeps its slot until it returns, and its result is ignored.
 */
export class Execution implements JobContext {
  readonly data: unknown;
  #controller: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAbandoned = false;
  #timeoutError: LajuError | undefined;

  constructor(
    readonly claimed: ClaimedJob,
    readonly handler: Handler,
    readonly events: ExecutionEvents,
  ) {
    this.data = claimed.data === null ? null : JSON.parse(claimed.data);
  }

  // Create this on demand, because most handlers never use it.
  get job(): RunningJob {
    const { id, type, userId, attempt, spent, createdAt, rescheduledFromJob } = this.claimed;
    return {
      id,
      type,
      userId,
      data: this.data,
      attempt: attempt - spent,
      createdAt: createdAt === null ? null : new Date(createdAt),
      rescheduledFromJob,
    };
  }

  get log(): JobContext["log"] {
    return log;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  get progress(): JobContext["progress"] {
    return (value) => {
      if (!this.#isAbandoned && this.#timeoutError === undefined) this.events.onProgress(this, value);
    };
  }

  /** Whether the attempt has timed out and its handler has not returned yet. */
  get isTimedOut(): boolean {
    return this.#timeoutError !== undefined;
  }

  /** The outcome of an attempt whose handler the worker has stopped waiting for. */
  get lateEnding(): Ending {
    return { kind: "threw", error: this.#timeoutError };
  }

  /** Starts the handler. Calls `onEnd` when it returns, which for a synchronous handler is immediately. */
  begin(): void {
    const { timeoutMs } = this.handler;
    if (timeoutMs !== null) {
      this.#timer = setTimeout(() => this.#timeOut(timeoutMs), Math.min(timeoutMs, longestTimer));
    }
    try {
      const returned = this.handler.run(this);
      if (!isThenable(returned)) this.#end({ kind: "returned", result: returned });
      else {
        returned.then(
          (result) => this.#end({ kind: "returned", result }),
          (error) => this.#end({ kind: "threw", error }),
        );
      }
    } catch (error) {
      this.#end({ kind: "threw", error });
    }
  }

  /** Aborts the signal and ignores the result. The caller decides what happens to the job. */
  abandon(reason: string): void {
    this.#isAbandoned = true;
    clearTimeout(this.#timer);
    this.#controller?.abort(new Error(reason));
  }

  #timeOut(timeoutMs: number): void {
    const error = new LajuError(`${this.claimed.type} timed out after ${timeoutMs / 1000} s`, {
      code: "E_JOB_TIMEOUT",
    });
    this.#timeoutError = error;
    this.#timer = setTimeout(() => this.events.onStuck(this), this.events.stuckAfterMs);
    this.#controller?.abort(error);
  }

  /** Called when the handler has returned. */
  #end(ending: Ending): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    if (this.#isAbandoned) this.events.onEnd(this, undefined);
    else this.events.onEnd(this, this.isTimedOut ? this.lateEnding : ending);
  }
}

export interface ExecutionEvents {
  /** How long a handler may keep running after its timeout, in milliseconds. */
  stuckAfterMs: number;
  /** Called when the slot is free. `ending` is undefined if the attempt was abandoned. */
  onEnd(execution: Execution, ending: Ending | undefined): void;
  onProgress(execution: Execution, value: unknown): void;
  /** Called when the handler is still running long after its timeout. */
  onStuck(execution: Execution): void;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

export function stuckHandler(type: string, milliseconds: number): LajuError {
  return new LajuError(
    `app/jobs/${type}.ts kept running for ${milliseconds / 1000} s after its time limit, so the worker stopped`,
    {
      code: "E_JOB_STUCK",
      hint: "Pass `signal` to everything that the handler waits for, or check signal.aborted. pm2 or systemd restarts the worker.",
    },
  );
}
