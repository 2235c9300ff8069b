import { closeSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../../config/config";
import { makeFolder } from "../../../files/makeFolder";
import { createFile, readOwn } from "../../../files/openFile";
import { type Held, heldKey } from "../../engine";

/** How long the log of a worker that was never taken over is kept, in milliseconds. */
const keepFor = 7 * 86_400_000;

/**
 * Records which last attempts a worker has started: one line each, written before the handler runs. When the
 * worker dies, its successor can tell a job that was started for the last time, and so has failed, from one
 * that was only claimed. Never synced: the page cache outlives the process, and after a machine crash the log
 * isn't trusted.
 */
export class AttemptLog {
  #file: string | undefined;
  #descriptor = -1;

  constructor(readonly folder = join(paths.data, "queue")) {}

  /** Starts this worker's log. If it can't be written, every last attempt counts as started. */
  open(worker: string): void {
    this.close();
    const boot = bootId();
    if (boot === undefined) return;
    try {
      makeFolder(this.folder);
      this.#removeOld();
      const file = join(this.folder, `${worker}.begun`);
      this.#descriptor = createFile(file);
      this.#file = file;
      writeSync(this.#descriptor, `${boot}\n`);
    } catch {
      this.close();
    }
  }

  note(job: Held): void {
    if (this.#file === undefined) return;
    try {
      writeSync(this.#descriptor, `${heldKey(job)}\n`);
    } catch {
      // Without its entry in the log, the job would count as not started.
      this.close();
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#descriptor);
    rmSync(this.#file, { force: true });
    this.#file = undefined;
  }

  /** Whether a dead worker had started this last attempt. True if its log can't be read. */
  hasStarted(worker: string, job: Held): boolean {
    try {
      const [boot, ...lines] = readOwn(join(this.folder, `${worker}.begun`))
        .toString()
        .split("\n");
      return boot !== bootId() || lines.includes(heldKey(job));
    } catch {
      return true;
    }
  }

  /** Everything the dead worker held has been settled or returned. */
  remove(worker: string): void {
    rmSync(join(this.folder, `${worker}.begun`), { force: true });
  }

  #removeOld(): void {
    for (const name of readdirSync(this.folder).filter((each) => each.endsWith(".begun"))) {
      const file = join(this.folder, name);
      if ((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < Date.now() - keepFor)
        rmSync(file, { force: true });
    }
  }
}

/** Undefined if the system doesn't provide it: a log from before a machine crash might then look complete. */
function bootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
