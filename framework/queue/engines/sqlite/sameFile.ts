import { statSync } from "node:fs";
import { LajuError } from "../../../config/errors";

/** How often a worker checks, in milliseconds. */
const lookEvery = 500;

/**
 * Checks that a database's file is still the one that was opened. A handle keeps reading and writing a file that was
 * deleted or replaced, and no other process would see the jobs in it.
 */
export class SameFile {
  readonly #opened: string | undefined;
  #lookedAt = performance.now();
  #isLost = false;

  constructor(readonly file: string) {
    this.#opened = inodeOf(file);
  }

  /** Throws if the file was deleted or replaced. */
  check(): void {
    const found = inodeOf(this.file);
    this.#lookedAt = performance.now();
    this.#isLost = found !== this.#opened;
    if (!this.#isLost) return;
    throw new LajuError(
      `the database ${this.file} was ${found === undefined ? "deleted" : "replaced"} while it was open`,
      {
        code: "E_QUEUE_FILE",
        hint: "Restart every process that uses it, so that all of them open the same file.",
      },
    );
  }

  /** Like `check`, but does nothing if the last check was recent. */
  checkSometimes(): void {
    if (this.#isLost || performance.now() - this.#lookedAt >= lookEvery) this.check();
  }
}

function inodeOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}
