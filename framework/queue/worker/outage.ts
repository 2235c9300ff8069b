import { logError, logWarn } from "../../services/Logger";

/** Whether the database answers, told in the log once at the beginning and once at the end. */
export class Outage {
  #failures = 0;
  #leavesDoubt = false;

  /**
   * A server that crashed may have forgotten its last claims (PostgreSQL commits them without waiting for its disk),
   * and gives their jobs again, until a claim brings none of them.
   */
  get leavesDoubt(): boolean {
    return this.#leavesDoubt;
  }

  /** How long to leave it alone: from a tenth of a second to one, in milliseconds; 0 while it answers. */
  get pauseMs(): number {
    return this.#failures === 0 ? 0 : Math.min(1000, 100 * 2 ** (this.#failures - 1));
  }

  failed(error: Error): void {
    this.#failures++;
    this.#leavesDoubt = true;
    if (this.#failures === 1) logError("The queue cannot be reached, and will be tried again", error);
  }

  over(): void {
    if (this.#failures > 0) logWarn("The queue can be reached again", { failures: this.#failures });
    this.#failures = 0;
  }

  noDoubt(): void {
    this.#leavesDoubt = false;
  }
}
