import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { printable } from "../services/printable";

let sleeper: Int32Array<SharedArrayBuffer> | undefined;

/** Writes lines of a log to standard output; on a terminal nothing in them acts, unless they are asked for raw. */
export function writeLog(lines: Buffer[], { raw }: { raw: boolean }): boolean {
  const bytes = Buffer.concat(lines);
  return writeBytes(raw || !isatty(1) ? bytes : Buffer.from(printable(bytes.toString())));
}

/** Writes bytes to standard output as they are; false when nobody reads it any more (`| head`). */
export function writeBytes(bytes: Uint8Array): boolean {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (error.code === "EPIPE") return false;
      if (error.code !== "EAGAIN") throw error;
      sleeper ??= new Int32Array(new SharedArrayBuffer(4));
      Atomics.wait(sleeper, 0, 0, 1);
    }
  }
  return true;
}
