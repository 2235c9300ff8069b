/**
 * The end of a string, in whole lines. If the last line alone is too long, keeps the line's end, because an error with
 * its stack is a single log line.
 */
export function lastLines(text: string, longest: number): string {
  return text.length <= longest ? text : withoutCutLine(text.slice(-longest), longest);
}

/** Drops the first line, which is incomplete, unless it is most of the text. */
export function withoutCutLine(text: string, longest: number): string {
  const end = text.indexOf("\n");
  if (end >= 0 && end < longest / 2) return text.slice(end + 1);
  // Also remove the bytes of a character that was split.
  return `…${text.replace(/^[\ufffd\udc00-\udfff]{0,3}/, "")}`;
}

/** The key of the run whose Logger wrote this line; undefined for a line that no Logger wrote. */
export function runOfLine(line: string): string | undefined {
  return /^\{"timestamp":.*?"run":"(\w+)"/.exec(line)?.[1];
}
