import type { CommandFacts } from "../schedule/manifest";
import type { HostClock } from "../schedule/nextRuns";
import type { TimelineHour, TimelineStart } from "../schedule/timeline";
import { shortTime } from "./hostClock";
import type { Terminal } from "./terminal";
import { clashLines } from "./timelineClashes";
import { wrapText } from "./wrapText";

const indent = 15;

/** The next 24 hours, a row an hour. What starts in every hour alike stands once, on top. */
export function timelineText(
  hours: readonly TimelineHour[],
  commands: readonly CommandFacts[],
  clock: HostClock,
  terminal: Terminal,
): string {
  const { now, hostTimezone } = clock;
  const head = terminal.paint("bold", `The 24 hours from ${shortTime(now, hostTimezone)}, ${hostTimezone}`);
  const starts = hours.flatMap((hour) => hour.starts);
  if (starts.length === 0) return ["", `  ${head}`, "", "  Nothing starts."].join("\n");
  const steady = steadyEntries(hours);
  const rows = hours.flatMap((hour, index) => {
    const own = [...entriesOf(hour)].filter(([name]) => !steady.has(name)).map(([, entry]) => entry);
    const label = shortTime(new Date(hour.hour), hostTimezone).slice(-5);
    const count = String(countOf(hour.starts) || "").padStart(4);
    return [
      ...dateLine(hour, hours[index - 1], clock, terminal),
      ...row(`${label} ${terminal.paint("dim", count)}`, own, terminal),
    ];
  });
  const top = steady.size === 0 ? [] : [...row("every hour", [...steady.values()], terminal), ""];
  const clashes = clashLines(starts, clock, terminal);
  return ["", `  ${head}`, "", ...top, ...rows, "", ...clashes, ...notes(starts, commands, terminal)].join(
    "\n",
  );
}

/** What each command does in an hour: "SyncExternalData :00! :30", where ! marks a clash. */
function entriesOf({ hour, starts }: TimelineHour): Map<string, string> {
  const minutes = new Map<string, string[]>();
  for (const { at, names } of starts) {
    const minute = Math.round((Date.parse(at) - Date.parse(hour)) / 60_000);
    const mark = `:${String(minute).padStart(2, "0")}${names.length > 1 ? "!" : ""}`;
    for (const name of names) minutes.set(name, [...(minutes.get(name) ?? []), mark]);
  }
  return new Map([...minutes].map(([name, marks]) => [name, `${name} ${marksText(marks)}`]));
}

/** Few minutes as they are; many as a rule where there is one. */
function marksText(marks: readonly string[]): string {
  const clash = marks.some((mark) => mark.endsWith("!")) ? "!" : "";
  if (marks.length === 60) return `every minute${clash}`;
  if (marks.length <= 4) return marks.join(" ");
  const minutes = marks.map((mark) => Number(mark.slice(1, 3)));
  const step = minutes[1] - minutes[0];
  const isEven = minutes.every((minute, index) => minute === minutes[0] + index * step);
  const last = marks[marks.length - 1].slice(0, 3);
  return isEven
    ? `${marks[0].slice(0, 3)} to ${last} every ${step}m${clash}`
    : `${marks.length} times from ${marks[0].slice(0, 3)} to ${last}${clash}`;
}

/** The entries that are the same in every hour that is wholly in view: all but the first and the last. */
function steadyEntries(hours: readonly TimelineHour[]): Map<string, string> {
  const patterns = hours.slice(1, -1).map((hour) => minutesByName(hour));
  const [first, ...others] = patterns;
  const names = [...(first?.keys() ?? [])].filter((name) =>
    others.every((pattern) => pattern.get(name) === first?.get(name)),
  );
  const entries = entriesOf(withFewestClashes(hours));
  return new Map(names.map((name) => [name, entries.get(name) as string]));
}

function minutesByName({ hour, starts }: TimelineHour): Map<string, string> {
  const minutes = new Map<string, string>();
  for (const { at, names } of starts) {
    for (const name of names) {
      minutes.set(name, `${minutes.get(name) ?? ""} ${Date.parse(at) - Date.parse(hour)}`);
    }
  }
  return minutes;
}

/** A clash with a command of one hour alone is not one of every hour. */
function withFewestClashes(hours: readonly TimelineHour[]): TimelineHour {
  const clashes = ({ starts }: TimelineHour) => starts.filter(({ names }) => names.length > 1).length;
  return hours.slice(1, -1).reduce((best, hour) => (clashes(hour) < clashes(best) ? hour : best));
}

/** The date above the first hour of it; nothing above the others. */
function dateLine(
  { hour }: TimelineHour,
  before: TimelineHour | undefined,
  { hostTimezone }: HostClock,
  { paint }: Terminal,
): string[] {
  const dateOf = (time: string) => shortTime(new Date(time), hostTimezone).slice(0, -6);
  const isSame = before !== undefined && dateOf(before.hour) === dateOf(hour);
  return isSame ? [] : [`  ${paint("dim", dateOf(hour))}`];
}

/** `label` takes ten columns: "every hour", or a time and a count. */
function row(label: string, entries: readonly string[], { paint, width }: Terminal): string[] {
  const [first, ...more] = wrapText(entries.join(", "), width - indent);
  const coloured = (line: string) => line.replace(/(?::\d\d)?!/g, (clash) => paint("yellow", clash));
  const head = `  ${label}   ${coloured(first)}`;
  return [head.trimEnd(), ...more.map((line) => " ".repeat(indent) + coloured(line))];
}

function notes(
  starts: readonly TimelineStart[],
  commands: readonly CommandFacts[],
  { paint, width }: Terminal,
): string[] {
  const shown = commands.filter(({ name }) => starts.some(({ names }) => names.includes(name)));
  const count = countOf(starts);
  const limited = shown.filter(({ environments }) => environments !== null);
  const text = `${count === 1 ? "1 start" : `${count} starts`} of ${shown.length === 1 ? "1 command" : `${shown.length} commands`}`;
  const environments = [...new Set(limited.flatMap((command) => command.environments ?? []))].join(", ");
  const who = limited.length === shown.length ? "all" : `${limited.length} of them`;
  const note = `${who} only in the environment ${environments}`;
  const lines = limited.length === 0 ? [text] : wrapText(`${text}, ${note}`, width - 2);
  return lines.map((line) => `  ${paint("dim", line)}`);
}

function countOf(starts: readonly TimelineStart[]): number {
  return starts.reduce((sum, { names }) => sum + names.length, 0);
}
