import { Misspelling, shown } from "./problems";

/** The error for a schedule in another scheduler's form, with the same one in cron's; undefined for any other text. */
export function foreignForm(text: string): Misspelling | undefined {
  return withTimezone(text) ?? amazons(text);
}

/** "CRON_TZ=Europe/Berlin 0 9 * * *", as cronie and Go's cron have it. */
function withTimezone(text: string): Misspelling | undefined {
  const [prefix, zone, rest] = /^\s*(?:CRON_)?TZ=["']?([^\s"']*)["']?\s*(.*)$/s.exec(text) ?? [];
  if (prefix === undefined || zone === undefined) return undefined;
  const field = zone === "" ? "timezone" : `timezone: ${JSON.stringify(zone)}`;
  return new Misspelling(
    `schedule ${shown(text)} names a time zone, which is a field of its own`,
    {
      offset: text.indexOf(text.trimStart()[0]),
      length: text.trim().length - (rest ?? "").trim().length,
      found: "a time zone",
      allowed: `Write ${field} (--timezone on the command line) and a schedule without it`,
    },
    [...(amazons(rest ?? "")?.candidates.slice(0, 1) ?? []), rest ?? "", "0 9 * * *"],
  );
}

/** "cron(0 12 * * ? *)", as Amazon's EventBridge has it: the year comes last, ? is any day, and weekdays count from 1. */
function amazons(text: string): Misspelling | undefined {
  const [prefix, inside] = /^\s*cron\s*\(\s*(.*?)\s*\)\s*$/i.exec(text) ?? [];
  if (prefix === undefined || inside === undefined) return undefined;
  const fields = inside.split(/\s+/);
  const [minute = "*", hour = "*", day = "*", month = "*", weekday = "*", year = "*"] = fields;
  const five =
    fields.length === 6
      ? [minute, hour, day, month, fromZero(weekday)].map(plain).join(" ")
      : fields.map(plain).join(" ");
  const yearNote = year === "*" ? "" : " (cron knows no years)";
  return new Misspelling(
    `schedule ${shown(text)} is in the form of Amazon's schedulers`,
    {
      offset: 0,
      length: text.length,
      found: "cron(…)",
      allowed: `Write cron's five fields${yearNote}`,
    },
    [five, "0 12 * * *"],
  );
}

/** Its steps may begin anywhere: "5/10" is every tenth from 5 on. */
function plain(field: string, index: number): string {
  if (field === "?") return "*";
  const last = [59, 23, 31, 12, 6][index];
  return field.replace(/^0\//, "*/").replace(/(^|,)(\d+)\//g, `$1$2-${last}/`);
}

/** Amazon's 1 is Sunday, cron's 0. What follows # or / is no weekday. */
function fromZero(weekdays: string): string {
  return weekdays.replace(
    /(^|[,-])([1-7])(?!\d)/g,
    (_, before: string, day: string) => before + (Number(day) - 1),
  );
}
