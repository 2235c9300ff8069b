import type { Terminal } from "../cli/terminal";
import { cronFacts } from "../host/crons";
import { shortTime } from "../host/hostClock";
import type { ScheduleProblem } from "../schedule/expression/problems";
import { isSameTimezone } from "../schedule/times/timezoneNames";
import { offsetAt } from "../schedule/times/timezones";
import { until } from "../text/ago";
import { wrapText } from "../text/wrapText";
import type { Explanation } from "./explanation";

/** The text of an explanation. "in 2h" counts from `now`. */
export function explanationText(explanation: Explanation, now: Date, terminal: Terminal): string {
  const { expression, description, timezone, next, warnings } = explanation;
  const { paint, width } = terminal;
  const warning = (text: string) =>
    wrapText(text, width - 4).map((line, index) => `  ${index === 0 ? paint("yellow", "!") : " "} ${line}`);
  const words = wrapText(description ?? "", width - 2).map((line) => `  ${line}`);
  const times = next.map((time) => `    ${timeText(new Date(time), timezone, now, terminal)}`);
  return [
    "",
    `  ${paint("bold", printable(expression))}`,
    ...words,
    ...(warnings.length > 0 ? ["", ...warnings.flatMap(warning)] : []),
    ...(times.length > 0 ? ["", `  Next ${whereText(explanation)}`, ...times] : []),
    "",
    ...crontabPart(explanation, terminal),
  ].join("\n");
}

/** The crontab lines. Names the cron unless it is Debian's. */
function crontabPart({ entries, cron, refused }: Explanation, { paint, width }: Terminal): string[] {
  const whose = cron === "debian" ? "" : ` of ${cronFacts(cron).label}`;
  if (refused !== undefined) {
    const lines = wrapText(refused, width - 4).map((line) => `    ${line}`);
    return [`  ${paint("red", `Not in the crontab${whose}`)}`, ...lines];
  }
  const count = entries.length === 1 ? "" : `, ${entries.length} lines`;
  return [`  In the crontab${whose}${count}`, ...entries.map((entry) => `    ${entry}`)];
}

function whereText({ timezone, hostTimezone }: Explanation): string {
  const isHosts = isSameTimezone(timezone, hostTimezone);
  return isHosts ? `on a host in ${timezone}` : `in ${timezone}, on a host in ${hostTimezone}`;
}

/** "Mon 23 Nov 2026 08:00:20 +01:00   in 2h 39m". The offset shows when the clocks change. */
function timeText(time: Date, timezone: string, now: Date, { paint }: Terminal): string {
  const offset = offsetAt(timezone, Math.floor(time.getTime() / 60_000));
  const local = new Date(time.getTime() + offset * 60_000).toISOString();
  const [day, clock] = [shortTime(time, timezone).slice(0, -6), shortTime(time, timezone).slice(-5)];
  const seconds = time.getUTCSeconds() === 0 ? "" : local.slice(16, 19);
  const ahead = time.getTime() - now.getTime();
  const text = `${day} ${local.slice(0, 4)} ${clock}${seconds} ${offsetText(offset)}`;
  return ahead < 0 ? text : `${text}   ${paint("dim", `in ${until(ahead)}`)}`;
}

function offsetText(offset: number): string {
  const size = Math.abs(offset);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The error, the expression with the wrong part underlined, and a correct expression. */
export function mistakeText(explanation: Explanation, { paint, symbols, width }: Terminal): string {
  const { expression, error = "", hint, problem } = explanation;
  return [
    `${paint("red", symbols.failed)} ${error}`,
    "",
    ...(problem ? underlined(expression, problem, width).map((line) => `    ${line}`.trimEnd()) : []),
    "",
    ...wrapText(hint ?? "", width - 2).map((line) => `  ${paint("dim", line)}`),
  ].join("\n");
}

/** The expression, or as much of it around the problem as fits, and a line of ^ below the problem. */
function underlined(
  expression: string,
  { offset, length }: ScheduleProblem,
  width: number,
): [string, string] {
  const room = Math.max(20, width - 8);
  const start = expression.length <= room ? 0 : Math.max(0, offset - 10);
  const part = expression.slice(start, start + room);
  const marks = Math.max(1, Math.min(length, part.length - (offset - start)));
  return [printable(part), " ".repeat(offset - start) + "^".repeat(marks)];
}

/** Keeps one column per character, so that the marks line up. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would act on these.
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}
