const formatters = new Map<string, Intl.DateTimeFormat>();

/** A zone's UTC offset at a minute since the epoch, in minutes east, from Intl. Throws for an unknown zone. */
export function intlOffset(timezone: string, minute: number): number {
  let formatter = formatters.get(timezone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      timeZoneName: "longOffset",
      day: "numeric",
    });
    formatters.set(timezone, formatter);
  }
  const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(formatter.format(minute * 60_000));
  if (!match) throw new Error(`no UTC offset in ${formatter.format(minute * 60_000)}`);
  if (match[1] === undefined) return 0;
  const size = Number(match[2]) * 60 + Number(match[3]) + Number(match[4] ?? 0) / 60;
  return Math.floor(match[1] === "-" ? -size : size);
}
