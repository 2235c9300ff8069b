/**
 * Makes untrusted text (an error message, a log, a job's type) safe to show on a terminal or page. Replaces control
 * characters with `\ufffd`, including U+0080 to U+009F, which many terminals treat like escape sequences. Also replaces
 * bidirectional marks, which can make a line look like a different one. Removes color codes, because an unterminated
 * one would color everything after it.
 */
export function printable(text: string): string {
  return withoutControls(text.replaceAll("\r\n", "\n").replace(anyColors, ""));
}

/** The first line of a string, for a table cell. */
export function printableLine(text: string | null | undefined): string {
  return (printable(text ?? "").split("\n", 1)[0] ?? "").replaceAll("\t", " ");
}

/** Like printable(), but keeps laju's own color codes. For laju's output, which mixes them with untrusted text. */
export function printableWithColors(text: string): string {
  return text
    .split(ownColors)
    .map((part, index) => (index % 2 === 0 ? withoutControls(part) : part))
    .join("");
}

/** Replaces the same characters as printable(), but with JSON escapes, so that no information is lost. */
export function escapedInJson(json: string): string {
  return json.replace(controls, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: color codes begin with an escape character.
const anyColors = /\u001b\[[\d;?]*[A-Za-z]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: color codes begin with an escape character.
const ownColors = /(\u001b\[(?:0|1|2|3[1-6])m)/;
/**
 * Bidirectional marks, and all control characters except tab and newline. JSON.stringify already escapes tabs and
 * newlines.
 */
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: matches the characters to replace.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function withoutControls(text: string): string {
  return text.replace(controls, "\ufffd");
}
