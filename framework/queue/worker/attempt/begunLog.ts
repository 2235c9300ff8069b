import { closeSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../../config/config";
import { makeFolder } from "../../../files/makeFolder";
import { createFile, readOwn } from "../../../files/openFile";
import { type Held, heldKey } from "../../engine";

/** A log whose worker was never taken over is of no use after this, in milliseconds. */
const keepFor = 7 * 86_400_000;

/**
 * Which last attempts a worker has begun: one line for each, written before its handler runs. When the worker dies,
 * whoever takes over can tell a job that was begun for the last time, and has failed, from one that was only claimed.
 * Never synced: the page cache outlives the process, and of a machine that went down nothing is believed.
 */
export class BegunLog {
  #file: string | undefined;
  #descriptor = -1;

  constructor(readonly folder = join(paths.data, "queue")) {}

  /** Begins the log of this worker. Where it can't be written, every last attempt counts as begun. */
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
      // An incomplete log would acquit the job.
      this.close();
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#descriptor);
    rmSync(this.#file, { force: true });
    this.#file = undefined;
  }

  /** Whether a worker that died had begun this last attempt. Where its log can't be read, it had. */
  hasBegun(worker: string, job: Held): boolean {
    try {
      const [boot, ...lines] = readOwn(join(this.folder, `${worker}.begun`))
        .toString()
        .split("\n");
      return boot !== bootId() || lines.includes(heldKey(job));
    } catch {
      return true;
    }
  }

  /** What a dead worker held has been settled or given back. */
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

/** Undefined where the system doesn't say: a log from before a crash of the machine couldn't be told from a whole one. */
function bootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
