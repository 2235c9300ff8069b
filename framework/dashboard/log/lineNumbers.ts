import { open } from "node:fs/promises";

const pieceBytes = 1024 * 1024;
const newline = 0x0a;
/** The maximum number of files and start positions for which to remember a count. */
const maxKnown = 50;

/** How many lines have been counted, by file and by the byte at which counting began. */
const known = new Map<string, { at: number; lines: number }>();

/**
 * The number of lines between two bytes of a file. Counts in pieces, so that other requests don't have to wait, and
 * remembers the count, so that nothing is counted twice.
 */
export async function countLines(file: string, from: number, to: number): Promise<number> {
  const handle = await open(file, "r");
  try {
    const { ino } = await handle.stat();
    const key = `${file} ${ino} ${from}`;
    const before = known.get(key);
    let { at, lines } = before !== undefined && before.at <= to ? before : { at: from, lines: 0 };
    const piece = Buffer.alloc(Math.min(pieceBytes, Math.max(0, to - at)));
    while (at < to) {
      const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, to - at), at);
      if (bytesRead === 0) break;
      lines += linesIn(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
    remember(key, { at, lines });
    return lines;
  } finally {
    await handle.close();
  }
}

function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
}

function remember(key: string, place: { at: number; lines: number }): void {
  known.delete(key);
  known.set(key, place);
  const [oldest] = known.keys();
  if (known.size > maxKnown && oldest !== undefined) known.delete(oldest);
}
