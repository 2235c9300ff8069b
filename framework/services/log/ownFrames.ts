/** A stack without the frames of Node's own modules, which say nothing about what is wrong. */
export function withoutInternalFrames(stack: string): string {
  return stack.replaceAll(/\n[ \t]*at (?:async )?(?:[^\n]*\()?node:internal\/[^\n]*/g, "");
}
