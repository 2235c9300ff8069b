/**
 * Makes untrusted text (an error message, a log, a job's type) safe to show on a terminal or page. Control characters
 * are replaced with `\ufffd`, including U+0080 to U+009F, which many terminals treat like escape sequences, and
 * bidirectional marks, which can make a line read as another. Removes color codes, because one without its end would
 * color everything below.
 */
export function printable(text: string): string {
  return withoutControls(text.replaceAll("\r\n", "\n").replace(anyColors, ""));
}

/** The first line of a text, for a table cell. */
export function printableLine(text: string | null | undefined): string {
  return (printable(text ?? "").split("\n", 1)[0] ?? "").replaceAll("\t", " ");
}

/** Makes laju's own output safe to show, which can mix untrusted text with laju's color codes. Keeps laju's colors. */
export function printableWithColors(text: string): string {
  return text
    .split(ownColors)
    .map((part, index) => (index % 2 === 0 ? withoutControls(part) : part))
    .join("");
}

/** Escapes the characters that printable() replaces, in JSON, so that no information is lost. */
export function escapedInJson(json: string): string {
  return json.replace(controls, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: color codes begin with one.
const anyColors = /\u001b\[[\d;?]*[A-Za-z]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: color codes begin with one.
const ownColors = /(\u001b\[(?:0|1|2|3[1-6])m)/;
/** All control characters except tab and newline, and bidirectional marks. JSON.stringify already escapes the former. */
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: matches the characters to replace.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function withoutControls(text: string): string {
  return text.replace(controls, "\ufffd");
}
