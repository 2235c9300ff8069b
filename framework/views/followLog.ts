import { statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { type LogForm, writeLog } from "../cli/outputBytes";
import { readLines } from "../runs/logs/runLog";

const pause = 200;

/** A place in a file that may be renamed meanwhile. */
export interface LogPlace {
  /** Where the log is now: rotation puts a new file there. */
  file: string;
  inode: number | undefined;
  position: number;
}

/** The end of a log as it is now. */
export function endOfLog(file: string): LogPlace {
  const stat = statSync(file, { throwIfNoEntry: false });
  return { file, inode: stat?.ino, position: stat?.size ?? 0 };
}

/** Prints whatever is written to a log from that place on, for ever; it ends when nobody reads any more. */
export async function followLog(place: LogPlace, form: LogForm): Promise<void> {
  let now = place;
  // Whoever had the file open when it was rotated writes on into it.
  let rotated: LogPlace | undefined;
  let isRead = true;
  const print = (lines: Buffer[]) => {
    isRead = writeLog(lines, form);
    return isRead;
  };
  while (isRead) {
    const inode = inodeOf(now.file);
    if (inode !== undefined && inode !== now.inode) {
      rotated = now.inode === undefined ? undefined : { ...now, file: `${now.file}.1` };
      now = { file: now.file, inode, position: 0 };
    }
    if (rotated !== undefined && inodeOf(rotated.file) === rotated.inode) rotated = readOn(rotated, print);
    if (inode !== undefined) now = readOn(now, print);
    await setTimeout(pause);
  }
}

function readOn(place: LogPlace, print: (lines: Buffer[]) => boolean): LogPlace {
  const size = statSync(place.file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return place; // Renamed just now: the next look finds out.
  // Cut short: it begins anew.
  const from = size < place.position ? 0 : place.position;
  return { ...place, position: size > from ? readLines({ file: place.file, from, to: null }, print) : from };
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
