import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Database } from "../../../services/database/sqliteDriver";
import type { Watch } from "../../engine";
import { rowsOf } from "./connection";

/**
 * How long after a write to the WAL to check for a commit, in milliseconds. The event for the write arrives before the
 * commit is visible, sometimes long before, so checking only once missed 2 of 420 wake-ups.
 */
const looks = [0, 1, 3, 10, 40];

/**
 * Calls `onWake` when another connection has committed something. Doesn't poll, because the kernel reports writes to
 * the WAL. It can't do that on network file systems, where the worker's own polling finds the jobs.
 */
export function watchFile(database: Database, file: string, onWake: () => void): Watch {
  let version = dataVersion(database);
  let timer: NodeJS.Timeout | undefined;
  const look = (turn: number) => {
    timer = undefined;
    if (!database.open) return;
    const seen = dataVersion(database);
    if (seen !== version) {
      version = seen;
      onWake();
    }
    const pause = (looks[turn + 1] ?? 0) - (looks[turn] ?? 0);
    if (turn + 1 < looks.length) timer = setTimeout(look, pause, turn + 1).unref();
  };
  const wal = `${basename(file)}-wal`;
  const watcher = watchFolder(dirname(file), (name) => {
    if (name !== wal && name !== null) return;
    clearTimeout(timer);
    look(0);
  });
  return {
    close() {
      clearTimeout(timer);
      watcher?.close();
    },
  };
}

function watchFolder(folder: string, onEvent: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => onEvent(name));
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined; // inotify is unavailable or has no watches left, so the jobs are found only by polling.
  }
}

/**
 * A number that changes when another connection commits. Uses a prepared statement, because the number is read several
 * times per transaction.
 */
export function dataVersion(database: Database): number {
  return Number(rowsOf(database, "pragma data_version")[0]?.[0]);
}
