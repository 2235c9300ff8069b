/**
 * A text that somebody else wrote (an error's message, what `run` returned, a job's type) without what would act on a
 * terminal or a page in place of being shown: colours are left out, other control characters become `\ufffd`. A colour
 * that is cut with its line would go on over everything below.
 */
export function printable(text: string): string {
  return (
    text
      .replaceAll("\r\n", "\n")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one.
      .replace(/\u001b\[[\d;?]*[A-Za-z]/g, "")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\ufffd")
  );
}

/** The first line of it, as a cell of a table. */
export function printableLine(text: string | null | undefined): string {
  return (printable(text ?? "").split("\n", 1)[0] ?? "").replaceAll("\t", " ");
}
