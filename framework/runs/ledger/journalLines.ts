import { closeSync, readSync } from "node:fs";
import { openToRead } from "../../files/openFile";

/** How many bytes to read at a time, unless a single line is longer. */
const usualWindow = 1024 * 1024;

/**
 * The longest line that is read, in bytes. Linux passes at most 2 MB of arguments to a process, and JSON escaping turns
 * each byte into at most six, so laju never writes a longer line. Anything longer is damage, such as a hole that a
 * power cut left in the file.
 */
const longestLine = 16 * 1024 * 1024;

/**
 * Calls `onLine` with each complete line of a file from byte `from` on, and returns the byte to continue from. A line still
 * being written is left for the next read. A line that is too long is skipped in pieces.
 */
export function readLines(path: string, from: number, onLine: (line: string) => void): number {
  const descriptor = openToRead(path);
  let position = from;
  let window = usualWindow;
  try {
    for (;;) {
      const bytes = readAt(descriptor, position, window);
      const end = bytes.lastIndexOf("\n") + 1;
      if (end > 0) {
        for (const line of bytes.toString("utf8", 0, end - 1).split("\n")) onLine(line);
        position += end;
        window = usualWindow;
      } else if (bytes.length < window) {
        return position;
      } else if (window < longestLine) {
        window *= 4;
      } else {
        onLine(bytes.toString("latin1", 0, 100));
        position += bytes.length;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The bytes of a file from `from` up to `to`; fewer if the file is shorter. */
export function readBytes(path: string, from: number, to: number): Buffer {
  const descriptor = openToRead(path);
  try {
    return readAt(descriptor, from, to - from);
  } finally {
    closeSync(descriptor);
  }
}

function readAt(descriptor: number, from: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, from));
}
