/**
 * Makes untrusted text fit into one line of a file: sequences of whitespace and control characters become one space.
 * Replaces noncharacters too, because systemd considers them invalid UTF-8 and ignores such a line.
 */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .replaceAll(/[\p{Noncharacter_Code_Point}\p{Surrogate}]/gu, "\ufffd")
    .trim();
}
