/** The key of the run that wrote a line of the Logger; undefined for any other line. */
export function runOfLine(line: string): string | undefined {
  return /^\{"timestamp":.*?"run":"(\w+)"/.exec(line)?.[1];
}
