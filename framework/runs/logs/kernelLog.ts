import { closeSync, constants, openSync, readSync } from "node:fs";

/** The initial pid namespace (PROC_PID_INIT_INO), whose pids the kernel's log uses. */
const firstNamespace = "pid:[4026531836]";

/** The size of the kernel's longest record. Reading it into a smaller buffer would fail. */
const longestRecord = 8192;

/**
 * Whether the kernel's log says that it killed this process because memory ran out. `identity` comes from
 * processIdentity(). Also false if this user is not allowed to read the log, or if this container has its own pid
 * namespace.
 */
export function killedByKernel(pid: number, identity: string | null, file = "/dev/kmsg"): boolean {
  const [, namespace, startTicks] = identity?.split(" ") ?? [];
  if (namespace !== firstNamespace) return false;
  const begunAt = Number(startTicks) * microsecondsPerTick;
  const kill = new RegExp(`^\\d+,\\d+,(\\d+),[^;]*;.*out of memory: Killed process ${pid} `, "im");
  return records(file).some((record) => {
    const [, at] = kill.exec(record) ?? [];
    // An earlier process may have had the same pid.
    return at !== undefined && Number(at) >= begunAt;
  });
}

/** /proc shows times in hundredths of a second on every architecture. */
const microsecondsPerTick = 10_000;

/**
 * The records of the kernel's log. Each read of /dev/kmsg returns one record, and EAGAIN after the last
 * (Documentation/ABI/testing/dev-kmsg).
 */
function records(file: string): string[] {
  const found: string[] = [];
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(longestRecord);
    for (let reads = 0; reads < maxRecords; reads += 1) {
      const length = readRecord(descriptor, buffer);
      if (length === 0) break;
      found.push(buffer.toString("latin1", 0, length));
    }
  } catch {
    // There are no more records (EAGAIN), the device doesn't exist, or this user may not read it
    // (kernel.dmesg_restrict).
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  return found;
}

/** The most records to read: more than a kernel's log of a megabyte contains, at about 50 bytes each. */
const maxRecords = 50_000;

function readRecord(descriptor: number, buffer: Buffer): number {
  try {
    return readSync(descriptor, buffer);
  } catch (error) {
    // The record was overwritten before we read it; read the next one.
    if (error.code === "EPIPE") return readRecord(descriptor, buffer);
    throw error;
  }
}
