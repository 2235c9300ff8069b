/**
 * The file name for a name that a user typed: `send-daily emails` becomes SendDailyEmails. Keeps folders
 * (`reports/monthly` becomes reports/Monthly). Undefined if the text cannot be a name.
 */
export function pascalName(typed: string): string | undefined {
  const parts = typed.split("/");
  const folders = parts.slice(0, -1);
  const last = pascalCase(parts.at(-1) as string);
  const isGood =
    /^[A-Za-z][A-Za-z0-9]*$/.test(last) && folders.every((folder) => /^[A-Za-z][\w-]*$/.test(folder));
  return isGood && typed.length <= 100 ? [...folders, last].join("/") : undefined;
}

function pascalCase(typed: string): string {
  const words = typed.split(/[-_\s]+/).filter(Boolean);
  return words
    .map((word) => capitalized(words.length > 1 && isAllCaps(word) ? word.toLowerCase() : word))
    .join("");
}

function isAllCaps(word: string): boolean {
  return word === word.toUpperCase();
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
