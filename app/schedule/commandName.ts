import { LajuError } from "../errors";

/**
 * A command's name from what a person typed: `send-daily emails` becomes SendDailyEmails, folders stay as
 * they are (`reports/monthly` becomes reports/Monthly). Throws a LajuError for what cannot be a name.
 */
export function commandName(typed: string): string {
  const parts = typed
    .replace(/^commands\//, "")
    .replace(/\.ts$/, "")
    .split("/");
  const folders = parts.slice(0, -1);
  const last = pascalCase(parts.at(-1) as string);
  const isGood =
    /^[A-Za-z][A-Za-z0-9]*$/.test(last) && folders.every((folder) => /^[A-Za-z][\w-]*$/.test(folder));
  if (!isGood || typed.length > 100) throw badName(typed);
  if (folders[0] === "native" || (folders.length === 0 && last === "Index")) {
    throw badName(typed, "commands/native/ and commands/index.ts are laju's own.");
  }
  return [...folders, last].join("/");
}

function pascalCase(typed: string): string {
  const words = typed.split(/[-_\s.]+/).filter(Boolean);
  return words
    .map((word) => capitalised(words.length > 1 && isShouted(word) ? word.toLowerCase() : word))
    .join("");
}

function isShouted(word: string): boolean {
  return word === word.toUpperCase();
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function badName(
  typed: string,
  hint = "Use letters and digits, starting with a letter, such as SendDailyEmails.",
): LajuError {
  return new LajuError(`${JSON.stringify(typed)} is not a command name`, {
    code: "E_NAME",
    exitStatus: 2,
    hint,
  });
}
