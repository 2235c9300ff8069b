import { open } from "node:fs/promises";

const pieceBytes = 1024 * 1024;
const newline = 0x0a;
/** So many places are remembered. */
const mostKnown = 50;

/** Where lines were counted up to, by the file and the byte that counting began at. */
const known = new Map<string, { at: number; lines: number }>();

/** How many lines a file has between two bytes: each stretch is counted once, in pieces, so that nobody has to wait for it. */
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
  if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
}
