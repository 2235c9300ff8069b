import {
  closeSync,
  futimesSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { paths } from "../../../config/config";
import { makeFolder } from "../../../files/makeFolder";
import { createFile, readOwn } from "../../../files/openFile";
import { type Held, heldKey } from "../../engine";

/** How long a log is kept after it was last written or touched, in milliseconds. */
const keepFor = 7 * 86_400_000;
/**
 * How long a log is kept once other workers have taken over from its worker, in milliseconds. A claim that was still in
 * flight may give the dead worker another job, and only the log shows that it never started.
 */
const keepTakenFor = 600_000;

/**
 * Records which jobs' last attempts a worker has started: one line each, written before the handler runs. If the worker
 * dies, its successor can tell a job whose last attempt was started, and therefore failed, from a job that was only
 * claimed. The log is never synced to disk: the page cache outlives the process, and after a crash of the machine the
 * log isn't used.
 */
export class AttemptLog {
  #file: string | undefined;
  #descriptor = -1;

  constructor(readonly folder = join(paths.data, "queue")) {}

  /** Starts this worker's log. If it can't be written, every last attempt counts as started. */
  open(worker: string): void {
    this.leave();
    const boot = bootId();
    if (boot === undefined) return;
    try {
      makeFolder(this.folder);
      this.#removeOld();
      const file = this.#fileOf(worker);
      this.#descriptor = createFile(file);
      this.#file = file;
      writeSync(this.#descriptor, `${boot}\n`);
    } catch {
      this.remove();
    }
  }

  note(job: Held): void {
    if (this.#file === undefined) return;
    try {
      writeSync(this.#descriptor, `${heldKey(job)}\n`);
    } catch {
      // Without its log entry, the job would count as not started. So give up the log: without a log, every attempt
      // counts as started.
      this.remove();
    }
  }

  /** Call this regularly. Otherwise the log of a worker that runs for weeks would look abandoned. */
  touch(): void {
    const now = new Date();
    if (this.#file !== undefined) futimesSync(this.#descriptor, now, now);
  }

  /** Stops writing, and keeps the log for workers that take over from this one. */
  leave(): void {
    if (this.#file === undefined) return;
    closeSync(this.#descriptor);
    this.#expireSoon(this.#file);
    this.#file = undefined;
  }

  /** Removes this worker's log, when the worker holds no jobs or could not write the log. */
  remove(): void {
    if (this.#file === undefined) return;
    closeSync(this.#descriptor);
    rmSync(this.#file, { force: true });
    this.#file = undefined;
  }

  /** Whether a dead worker had started this last attempt. True if its log can't be read. */
  hasStarted(worker: string, job: Held): boolean {
    try {
      const [boot, ...lines] = readOwn(this.#fileOf(worker)).toString().split("\n");
      return boot !== bootId() || lines.includes(heldKey(job));
    } catch {
      return true;
    }
  }

  /** Called with the id of a dead worker, once this worker has taken over from it. */
  retire(worker: string): void {
    this.#expireSoon(this.#fileOf(worker));
  }

  #fileOf(worker: string): string {
    return join(this.folder, `${worker}.begun`);
  }

  /** Makes the log look old, so that any worker that starts more than `keepTakenFor` from now removes it. */
  #expireSoon(file: string): void {
    const time = new Date(Date.now() - keepFor + keepTakenFor);
    try {
      utimesSync(file, time, time);
    } catch {
      // The log doesn't exist or belongs to another user.
    }
  }

  #removeOld(): void {
    for (const name of readdirSync(this.folder).filter((each) => each.endsWith(".begun"))) {
      const file = join(this.folder, name);
      if ((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < Date.now() - keepFor)
        rmSync(file, { force: true });
    }
  }
}

/**
 * The id of the system's current boot; undefined if the system doesn't provide one. A log from before a crash of the
 * machine may then look complete.
 */
function bootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
