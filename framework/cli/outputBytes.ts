import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { wantsColor } from "../config/config";
import { sleepSync } from "../process/sleep";
import { readableLine } from "../services/log/readableLog";
import { printable, printableWithColors } from "../text/printable";

/**
 * How a terminal shows a log: with the Logger's JSON lines formatted for people, with the JSON kept, or as raw bytes.
 * Files and pipes always get the bytes.
 */
export type LogForm = "readable" | "json" | "raw";

/** Writes log lines to stdout. On a terminal, control characters are escaped unless the form is "raw". */
export function writeLog(lines: Buffer[], form: LogForm): boolean {
  const bytes = Buffer.concat(lines);
  if (form === "raw" || !isatty(1)) return writeBytes(bytes);
  const text = bytes.toString();
  return writeBytes(Buffer.from(form === "json" ? printable(text) : readable(text)));
}

function readable(text: string): string {
  const color = wantsColor();
  const lines = text.split("\n").map((line) => readableLine(line, { color }) ?? printable(line));
  return printableWithColors(lines.join("\n"));
}

/** Writes bytes to stdout unchanged. Returns false if nobody reads them any longer (`| head`). */
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
