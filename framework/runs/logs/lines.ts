/**
 * The end of a text in whole lines. Of a long last one its end: an error with its stack is one line of the log.
 */
export function lastLines(text: string, longest: number): string {
  return text.length <= longest ? text : withoutCutLine(text.slice(-longest), longest);
}

/** Leaves out the line that was cut when this text was taken, unless it is most of what there is. */
export function withoutCutLine(text: string, longest: number): string {
  const end = text.indexOf("\n");
  if (end >= 0 && end < longest / 2) return text.slice(end + 1);
  // A character may have been cut with it.
  return `…${text.replace(/^[\ufffd\udc00-\udfff]{0,3}/, "")}`;
}

/** The key of the run that wrote a line of the Logger; undefined for any other line. */
export function runOfLine(line: string): string | undefined {
  return /^\{"timestamp":.*?"run":"(\w+)"/.exec(line)?.[1];
}
