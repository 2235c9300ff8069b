/** Output of this process that nobody got: how many lines, and the system's code for the first failure. */
export interface LostOutput {
  lines: number;
  code: string;
}

let lost: LostOutput | undefined;

/** Counts the lines in what could not be written; the rest of a line that was cut counts too. */
export function noteLostOutput(unwritten: Uint8Array, error: NodeJS.ErrnoException): void {
  let lines = unwritten.at(-1) === newline ? 0 : 1;
  for (let at = unwritten.indexOf(newline); at >= 0; at = unwritten.indexOf(newline, at + 1)) lines += 1;
  lost ??= { lines: 0, code: error.code ?? "EUNKNOWN" };
  lost.lines += lines;
}

/** What was lost so far; undefined where everything was written. */
export function lostOutput(): LostOutput | undefined {
  return lost;
}

const newline = 0x0a;
