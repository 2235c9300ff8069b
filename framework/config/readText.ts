import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { LajuError } from "./errors";

/** The text of a file that people or a build wrote. It may be a link. */
export function readText(file: string): string {
  return readBytes(file).toString();
}

/** Its bytes. */
export function readBytes(file: string): Buffer {
  const descriptor = openRegular(file, constants.O_RDONLY);
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Opens nothing but a regular file: a named pipe would block until its other end is opened, and a device may never end. */
export function openRegular(file: string, flags: number): number {
  const descriptor = openWithoutWaiting(file, flags);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw notRegular(file);
}

function openWithoutWaiting(file: string, flags: number): number {
  try {
    return openSync(file, flags | constants.O_NONBLOCK);
  } catch (error) {
    // A socket or a named pipe that nobody reads; a folder that is opened to write to it.
    throw ["ENXIO", "EISDIR"].includes(error.code) ? notRegular(file, error) : error;
  }
}

function notRegular(file: string, cause?: unknown): LajuError {
  const hint = "Put a file, or a link to one, in its place.";
  return new LajuError(`${file} is not a regular file`, { code: "E_NOT_REGULAR", hint, cause });
}
