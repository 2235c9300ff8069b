import { closeSync, constants, openSync, readSync } from "node:fs";

/** The first pid namespace, in which the kernel's own numbers mean something (PROC_PID_INIT_INO). */
const firstNamespace = "pid:[4026531836]";

/** The kernel refuses to give a record in smaller pieces. */
const longestRecord = 8192;

/**
 * Whether the kernel says that it killed this process for want of memory. `identity` is what processIdentity() said of
 * it. False as well where the record is not for this user to read, or counts processes otherwise than this container.
 */
export function killedByKernel(pid: number, identity: string | null, file = "/dev/kmsg"): boolean {
  const [, namespace, startTicks] = identity?.split(" ") ?? [];
  if (namespace !== firstNamespace) return false;
  const begunAt = Number(startTicks) * microsecondsPerTick;
  const kill = new RegExp(`^\\d+,\\d+,(\\d+),[^;]*;.*out of memory: Killed process ${pid} `, "im");
  return records(file).some((record) => {
    const [, at] = kill.exec(record) ?? [];
    // An earlier process may have had the same number.
    return at !== undefined && Number(at) >= begunAt;
  });
}

/** Linux shows times in /proc in hundredths of a second on every architecture. */
const microsecondsPerTick = 10_000;

/** Each read of /dev/kmsg gives one record (Documentation/ABI/testing/dev-kmsg), and EAGAIN after the last. */
function records(file: string): string[] {
  const found: string[] = [];
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(longestRecord);
    for (let reads = 0; reads < mostRecords; reads += 1) {
      const length = readRecord(descriptor, buffer);
      if (length === 0) break;
      found.push(buffer.toString("latin1", 0, length));
    }
  } catch {
    // Read as far as this user may: kernel.dmesg_restrict, or no such device.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  return found;
}

/** Some kernels keep a megabyte, at 50 bytes a record. */
const mostRecords = 50_000;

function readRecord(descriptor: number, buffer: Buffer): number {
  try {
    return readSync(descriptor, buffer);
  } catch (error) {
    // It was overwritten before it was read; the next one is there.
    if (error.code === "EPIPE") return readRecord(descriptor, buffer);
    throw error;
  }
}
