import type { Database } from "../../../services/database/sqliteDriver";
import type { NewJob, Pushed } from "../../engine";
import { withLock } from "./connection";
import { insertJobs } from "./push";

interface Waiting {
  jobs: readonly NewJob[];
  resolve(pushed: Pushed[]): void;
  reject(error: unknown): void;
}

/**
 * Inserts all jobs that this process pushes at the same time in one transaction, so that the lock is taken and the WAL
 * written only once. Jobs pushed while another process has the lock are included.
 */
export function groupInserts(database: Database): (jobs: readonly NewJob[]) => Promise<Pushed[]> {
  let waiting: Waiting[] = [];
  let isFlushing = false;

  async function flush(): Promise<void> {
    isFlushing = true;
    // Include jobs pushed in the same turn of the event loop.
    await undefined;
    while (waiting.length > 0) await insertWaiting();
    isFlushing = false;
  }

  async function insertWaiting(): Promise<void> {
    let taken: Waiting[] = [];
    try {
      const pushed = await withLock(database, () => {
        taken = [...waiting];
        const now = Date.now();
        return taken.map(({ jobs }) => insertJobs(database, jobs, now));
      });
      taken.forEach(({ resolve }, index) => {
        resolve(pushed[index] as Pushed[]);
      });
    } catch (error) {
      if (taken.length === 0) taken = [...waiting];
      if (taken.length === 1) taken[0]?.reject(error);
      else for (const one of taken) await alone(one);
    }
    waiting = waiting.slice(taken.length);
  }

  /** Inserts the jobs of one push separately, so that a job that can't be inserted doesn't fail the others. */
  async function alone({ jobs, resolve, reject }: Waiting): Promise<void> {
    await withLock(database, () => insertJobs(database, jobs, Date.now())).then(resolve, reject);
  }

  return (jobs) =>
    new Promise((resolve, reject) => {
      waiting.push({ jobs, resolve, reject });
      if (!isFlushing) void flush();
    });
}
