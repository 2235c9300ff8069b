import { LajuError } from "../../errors";
import { logDebug, logError, logInfo, logWarn } from "../../services/Logger";
import type { ClaimedJob } from "../engine";
import type { Handler } from "../handlers";
import type { JobContext, RunningJob } from "../job";
import type { Ending } from "./ending";

const log = { info: logInfo, warn: logWarn, error: logError, debug: logDebug };

/** The longest that one timer of Node's can wait; a longer one fires at once. */
const longestTimer = 2_147_483_647;

/** One attempt of a job. It ends once: what comes after a time-out or an abort is ignored. */
export class Execution implements JobContext {
  readonly data: unknown;
  #controller: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    readonly claimed: ClaimedJob,
    readonly handler: Handler,
    readonly onEnd: (execution: Execution, ending: Ending) => void,
    readonly onProgress: (execution: Execution, value: unknown) => void,
  ) {
    this.data = claimed.data === null ? null : JSON.parse(claimed.data);
  }

  // Made when it is asked for: most handlers never look at it.
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
      if (!this.#isOver) this.onProgress(this, value);
    };
  }

  /** Begins the work. Its end is told by `onEnd`, at once where the handler is not asynchronous. */
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

  /** Aborts the signal, and forgets the attempt: whoever does this decides what becomes of the job. */
  abandon(reason: string): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#controller?.abort(new Error(reason));
  }

  #timeOut(timeoutMs: number): void {
    const error = new LajuError(
      `${this.claimed.type} ran longer than its time limit of ${timeoutMs / 1000} s`,
      {
        code: "E_JOB_TIMEOUT",
      },
    );
    this.#end({ kind: "threw", error });
    this.#controller?.abort(error);
  }

  #end(ending: Ending): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.onEnd(this, ending);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
