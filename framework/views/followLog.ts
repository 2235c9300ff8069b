import { statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { type LogForm, writeLog } from "../cli/outputBytes";
import { readLines } from "../runs/logs/runLog";

const pause = 200;

/** A position in a log, which can be renamed while it is being followed. */
export interface LogPosition {
  /** The log's path. After a rotation, there is a new file at this path. */
  file: string;
  inode: number | undefined;
  position: number;
}

/** The current end of a log. */
export function endOfLog(file: string): LogPosition {
  const stat = statSync(file, { throwIfNoEntry: false });
  return { file, inode: stat?.ino, position: stat?.size ?? 0 };
}

/** Prints everything that is written to a log after a position, until nothing reads the output anymore. */
export async function followLog(place: LogPosition, form: LogForm): Promise<void> {
  let now = place;
  // A process that had the file open when it was rotated keeps writing to it.
  let rotated: LogPosition | undefined;
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

function readOn(place: LogPosition, print: (lines: Buffer[]) => boolean): LogPosition {
  const size = statSync(place.file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return place; // The file was just renamed. The next poll will find the new one.
  // A file that has become shorter was truncated: start over.
  const from = size < place.position ? 0 : place.position;
  return { ...place, position: size > from ? readLines({ file: place.file, from, to: null }, print) : from };
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
