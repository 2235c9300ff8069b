/**
 * The gate for text that somebody else wrote (an error's message, a log, a job's type) before it gets to a terminal or a
 * page: what would act there in place of being shown becomes `\ufffd`. That is control characters, also those of
 * U+0080 to U+009F, which many terminals obey like ESC sequences, and the marks that turn the direction of writing, which
 * make a line read as another. Colours are left out: one that is cut with its line would go on over everything below.
 */
export function printable(text: string): string {
  return withoutActing(text.replaceAll("\r\n", "\n").replace(colours, ""));
}

/** The first line of it, as a cell of a table. */
export function printableLine(text: string | null | undefined): string {
  return (printable(text ?? "").split("\n", 1)[0] ?? "").replaceAll("\t", " ");
}

/** The same for what laju itself prints: its own colours pass, in the midst of texts from elsewhere. */
export function printableWithColours(text: string): string {
  return text
    .split(ownColours)
    .map((part, index) => (index % 2 === 0 ? withoutActing(part) : part))
    .join("");
}

/** In JSON the same characters can be written so that nothing is lost. */
export function escapedInJson(json: string): string {
  return json.replace(acting, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one.
const colours = /\u001b\[[\d;?]*[A-Za-z]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one.
const ownColours = /(\u001b\[(?:0|1|2|3[1-6])m)/;
/** All controls but tab and newline, and the marks of direction. JSON.stringify has escaped the first ones already. */
const acting =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function withoutActing(text: string): string {
  return text.replace(acting, "\ufffd");
}
