import { closest } from "fastest-levenshtein";
import { Misspelling, shown } from "./problems";

/** cron's macros, in lower case as cron requires, and the five fields they stand for. */
export const macros: Readonly<Record<string, string>> = {
  "@reboot": "reboot",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** The fields of a macro, or "reboot"; undefined if the text is not a macro. */
export function macroOf(text: string): string | undefined {
  const word = text.trim();
  if (!word.startsWith("@") || /^@every\b/.test(word)) return undefined;
  if (Object.hasOwn(macros, word)) return macros[word];
  throw new Misspelling(
    `schedule ${shown(text)} is not a macro that cron knows`,
    {
      offset: text.indexOf("@"),
      length: word.length,
      found: word,
      allowed: `The macros are ${Object.keys(macros).join(" ")} and @every 10m`,
    },
    [closest(word.toLowerCase(), Object.keys(macros))],
  );
}
