import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Reads the last `maxBytes` of a range in a file. If `to` is null, the range extends to the end of the file. */
export function readTail(
  file: string,
  part: { from: number; to: number | null; maxBytes: number },
): { text: string; isCut: boolean } {
  const descriptor = openSync(file, "r");
  try {
    const to = Math.min(part.to ?? Number.POSITIVE_INFINITY, fstatSync(descriptor).size);
    const from = Math.max(part.from, to - part.maxBytes);
    const bytes = Buffer.alloc(Math.max(to - from, 0));
    const length = readSync(descriptor, bytes, 0, bytes.length, from);
    return { text: bytes.toString("utf8", 0, length), isCut: from > part.from };
  } finally {
    closeSync(descriptor);
  }
}
