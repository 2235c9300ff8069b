import { Misspelling, shown } from "./problems";

/**
 * The error for a schedule in another scheduler's syntax. It suggests cron's equivalent. Undefined for any other text.
 */
export function foreignForm(text: string): Misspelling | undefined {
  return withTimezone(text) ?? amazonForm(text);
}

/** "CRON_TZ=Europe/Berlin 0 9 * * *", the syntax of cronie and Go's cron. */
function withTimezone(text: string): Misspelling | undefined {
  const [prefix, zone, rest] = /^\s*(?:CRON_)?TZ=["']?([^\s"']*)["']?\s*(.*)$/s.exec(text) ?? [];
  if (prefix === undefined || zone === undefined) return undefined;
  const field = zone === "" ? "timezone" : `timezone: ${JSON.stringify(zone)}`;
  return new Misspelling(
    `schedule ${shown(text)} contains a time zone, which has its own field`,
    {
      offset: text.indexOf(text.trimStart()[0]),
      length: text.trim().length - (rest ?? "").trim().length,
      found: "a time zone",
      allowed: `Write ${field} (--timezone on the command line) and a schedule without it`,
    },
    [...(amazonForm(rest ?? "")?.candidates.slice(0, 1) ?? []), rest ?? "", "0 9 * * *"],
  );
}

/** "cron(0 12 * * ? *)", the syntax of Amazon EventBridge: the year is last, ? is any day, and weekdays start at 1. */
function amazonForm(text: string): Misspelling | undefined {
  const [prefix, inside] = /^\s*cron\s*\(\s*(.*?)\s*\)\s*$/i.exec(text) ?? [];
  if (prefix === undefined || inside === undefined) return undefined;
  const fields = inside.split(/\s+/);
  const [minute = "*", hour = "*", day = "*", month = "*", weekday = "*", year = "*"] = fields;
  const five =
    fields.length === 6
      ? [minute, hour, day, month, fromZero(weekday)].map(plain).join(" ")
      : fields.map(plain).join(" ");
  const yearNote = year === "*" ? "" : " (cron has no year field)";
  return new Misspelling(
    `schedule ${shown(text)} uses the syntax of Amazon's schedulers`,
    {
      offset: 0,
      length: text.length,
      found: "cron(…)",
      allowed: `Write cron's five fields${yearNote}`,
    },
    [five, "0 12 * * *"],
  );
}

/** Amazon's steps can start anywhere: "5/10" is every tenth value starting with 5. */
function plain(field: string, index: number): string {
  if (field === "?") return "*";
  const last = [59, 23, 31, 12, 6][index];
  return field.replace(/^0\//, "*/").replace(/(^|,)(\d+)\//g, `$1$2-${last}/`);
}

/** Sunday is 1 for Amazon and 0 for cron. A number after # or / is not a weekday. */
function fromZero(weekdays: string): string {
  return weekdays.replace(
    /(^|[,-])([1-7])(?!\d)/g,
    (_, before: string, day: string) => before + (Number(day) - 1),
  );
}
