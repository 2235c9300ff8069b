import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { wantsColour } from "../config/config";
import { sleepSync } from "../process/sleep";
import { readableLine } from "../services/log/readableLog";
import { printable, printableWithColours } from "../text/printable";

/**
 * How a log is shown on a terminal: the Logger's lines as a person reads them, as they are ("json"), or byte by byte. A
 * file and a pipe get the bytes.
 */
export type LogForm = "readable" | "json" | "raw";

/** Writes lines of a log to standard output. On a terminal nothing in them acts, unless they are asked for raw. */
export function writeLog(lines: Buffer[], form: LogForm): boolean {
  const bytes = Buffer.concat(lines);
  if (form === "raw" || !isatty(1)) return writeBytes(bytes);
  const text = bytes.toString();
  return writeBytes(Buffer.from(form === "json" ? printable(text) : readable(text)));
}

function readable(text: string): string {
  const colour = wantsColour();
  const lines = text.split("\n").map((line) => readableLine(line, { colour }) ?? printable(line));
  return printableWithColours(lines.join("\n"));
}

/** Writes bytes to standard output as they are; false when nobody reads it any more (`| head`). */
export function writeBytes(bytes: Uint8Array): boolean {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (error.code === "EPIPE") return false;
      if (error.code !== "EAGAIN") throw error;
      sleepSync(1);
    }
  }
  return true;
}
