import type { NewJob, Pushed } from "../engine";
import { isOutage } from "../outage";

/** The maximum number of jobs in one statement. */
const most = 500;
const maxCharacters = 2_000_000;

interface Waiting {
  jobs: readonly NewJob[];
  resolve(pushed: Pushed[]): void;
  reject(error: unknown): void;
}

/**
 * Combines concurrent pushes into as few statements as possible: while one statement is in flight, further pushes
 * gather. 32 concurrent single pushes reached 50,000 per second, compared with 12,000 if each was a statement of its
 * own.
 */
export class PushBatcher {
  #waiting: Waiting[] = [];
  #underWay = 0;

  constructor(
    readonly insert: (jobs: readonly NewJob[]) => Promise<Pushed[]>,
    /** The maximum number of statements in flight at the same time. */
    readonly width: number,
  ) {}

  push(jobs: readonly NewJob[]): Promise<Pushed[]> {
    const pushed = new Promise<Pushed[]>((resolve, reject) => this.#waiting.push({ jobs, resolve, reject }));
    this.#consider();
    return pushed;
  }

  #consider(): void {
    if (this.#underWay >= this.width || this.#waiting.length === 0) return;
    this.#underWay++;
    // Combine pushes made in the same turn of the event loop.
    setImmediate(() =>
      this.#send(this.#next()).finally(() => {
        this.#underWay--;
        this.#consider();
      }),
    );
  }

  #next(): Waiting[] {
    let size = 0;
    let characters = 0;
    const end = this.#waiting.findIndex(({ jobs }, index) => {
      size += jobs.length;
      for (const { data } of jobs) characters += data.length;
      return index > 0 && (size > most || characters > maxCharacters);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #send(group: Waiting[]): Promise<void> {
    if (group.length === 0) return;
    try {
      const pushed = await this.insert(
        group.length === 1 ? group[0].jobs : group.flatMap(({ jobs }) => jobs),
      );
      let from = 0;
      for (const { jobs, resolve } of group) {
        resolve(pushed.slice(from, from + jobs.length));
        from += jobs.length;
      }
    } catch (error) {
      // After an outage we can't tell whether the jobs were queued, so don't queue them again.
      if (group.length === 1 || isOutage(error)) {
        for (const { reject } of group) reject(error);
        return;
      }
      // Insert the jobs one push at a time, so that a job that the database rejects doesn't fail the others.
      for (const one of group) await this.#send([one]);
    }
  }
}
