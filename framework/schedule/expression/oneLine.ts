/**
 * Foreign text as part of one line of a file: blanks and controls in a row become one blank. systemd takes characters
 * that Unicode reserves for broken UTF-8, and such a line for none.
 */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .replaceAll(/[\p{Noncharacter_Code_Point}\p{Surrogate}]/gu, "\ufffd")
    .trim();
}
