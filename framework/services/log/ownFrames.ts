/** A stack without the frames of Node's internal modules, which never help find the error. */
export function withoutInternalFrames(stack: string): string {
  return stack.replaceAll(/\n[ \t]*at (?:async )?(?:[^\n]*\()?node:internal\/[^\n]*/g, "");
}
