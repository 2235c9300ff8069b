import fc from "fast-check";

/** Characters that change what a terminal shows, or the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these must not get through.
export const acting = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const pieces = [
  "\u001b[2J",
  "\u001b]0;t\u0007",
  "\u009b31m",
  "\u202e",
  "\u2066",
  "\r",
  "\n",
  "\r\n",
  "\0",
  "\t",
].concat(
  [
    "](https://evil)",
    "[a](b)",
    "<!channel>",
    "@everyone",
    "```",
    "**",
    "\\",
    "'",
    '"',
    "$(x)",
    "%",
    "`",
    "&<>",
  ],
  [
    "\u0085",
    "\u2028",
    "\ufeff",
    "\ufffe",
    "\u{1ffff}",
    "\\\\",
    "\\%",
    "%%",
    "$HOME",
    "{{x}}",
    "<%= 1 %>",
    "</pre>",
    "#",
    ";",
  ],
  ['{"timestamp":"x","run":"other"}', "Error: ", "    at x", "\ud800", "😀", "ü", "a", " "],
);
/** Texts full of characters that are special in some format, language or program. */
export const foreign = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(""));
