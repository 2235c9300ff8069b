import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";

/**
 * Describes the process that holds a lock on a file. "another process" if it is unknown, for example in another
 * container.
 */
export function lockOwner(file: string): string {
  const target = statOf(file);
  if (target === undefined) return "another process";
  const holders = namesIn("/proc").filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid));
  const pid = holders.find((one) => holdsLock(one, target)) ?? listedPid(target);
  return pid === undefined ? "another process" : `pid ${pid}${programOf(pid)}`;
}

function holdsLock(pid: string, { dev, ino }: { dev: number; ino: number }): boolean {
  return namesIn(`/proc/${pid}/fd`).some((fd) => {
    const open = statOf(`/proc/${pid}/fd/${fd}`);
    return (
      open?.ino === ino && open.dev === dev && /^lock:.* WRITE /m.test(read(`/proc/${pid}/fdinfo/${fd}`))
    );
  });
}

/**
 * Looks up the lock's holder in /proc/locks, because the open files of other users' processes are not visible.
 * /proc/locks has no pid for locks that belong to an open file description, such as laju's own.
 */
function listedPid({ dev, ino }: { dev: number; ino: number }): string | undefined {
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const file = `${hex(major)}:${hex(minor)}:${ino}`;
  // A line looks like "1: POSIX ADVISORY READ 4711 fd:00:1234 0 EOF". A "->" before POSIX marks a waiting process.
  const entries = read("/proc/locks")
    .split("\n")
    .map((line) => line.split(/\s+/).slice(1));
  const pids = entries.filter(([kind, , , , on]) => kind !== "->" && on === file).map(([, , , pid]) => pid);
  return pids.find((pid) => Number(pid) > 0 && pid !== String(process.pid));
}

function hex(number: number): string {
  return number.toString(16).padStart(2, "0");
}

function programOf(pid: string): string {
  // A process can set any command line, so remove control characters before they reach a terminal.
  const words = read(`/proc/${pid}/cmdline`)
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim();
  return words === "" ? "" : ` (${words.slice(0, 120)})`;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // This user is not allowed to see the file.
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // The process is another user's or has just exited, or this isn't Linux.
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
