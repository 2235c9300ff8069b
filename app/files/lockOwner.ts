import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";

/**
 * Which process holds a lock on a file, as words for a message: the kernel tells it of this user's own processes (of
 * all, where root asks). "another process" where nothing more can be known.
 */
export function lockOwner(file: string): string {
  const target = statOf(file);
  if (target === undefined) return "another process";
  const holders = namesIn("/proc").filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid));
  const pid = holders.find((one) => locks(one, target));
  return pid === undefined ? "another process" : `pid ${pid}${programOf(pid)}`;
}

function locks(pid: string, { dev, ino }: { dev: number; ino: number }): boolean {
  return namesIn(`/proc/${pid}/fd`).some((fd) => {
    const open = statOf(`/proc/${pid}/fd/${fd}`);
    return (
      open?.ino === ino && open.dev === dev && /^lock:.* WRITE /m.test(read(`/proc/${pid}/fdinfo/${fd}`))
    );
  });
}

function programOf(pid: string): string {
  // A process says what it likes there: nothing of it may reach a terminal as an escape sequence.
  const words = read(`/proc/${pid}/cmdline`)
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim();
  return words === "" ? "" : ` (${words.slice(0, 120)})`;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // Not for this user to see.
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Another user's process, one that has just ended, or not Linux.
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
