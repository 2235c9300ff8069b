/** The id of the run that wrote a line of the Logger; undefined for any other line. */
export function runOfLine(line: string): number | undefined {
  const id = /^\{"timestamp":.*?"run":"(\d+)"/.exec(line)?.[1];
  return id === undefined ? undefined : Number(id);
}
