import { padded, visibleWidth } from "../cli/table";
import type { Terminal } from "../cli/terminal";
import { shortTime } from "../host/hostClock";
import type { HostClock } from "../schedule/times/nextRuns";
import { busiestLines, busiestMinutes } from "./busiestMinutes";
import type { TimelineHour, TimelineStart } from "./timeline";

/** What the timeline shows besides the bars. */
export interface TimelineNotes {
  /** The commands that are not counted, such as "3 only in staging, 2 disabled"; empty if every command is counted. */
  leftOut: string;
  /** How many of the counted commands are not installed, so that nothing starts them yet. */
  notInstalled: number;
}

/** One screen: how many commands start in each of the next 24 hours, and which start at the same time. */
export function timelineText(
  hours: readonly TimelineHour[],
  clock: HostClock,
  terminal: Terminal,
  { leftOut, notInstalled }: TimelineNotes,
): string {
  const { now, hostTimezone } = clock;
  const starts = hours.flatMap((hour) => hour.starts);
  const span = `The 24 hours from ${shortTime(now, hostTimezone)}, ${hostTimezone}`;
  const head = terminal.paint("bold", starts.length === 0 ? span : `${span}: ${totalText(starts)}`);
  const note = [
    ...(notInstalled === 0 ? [] : [notInstalledText(notInstalled)]),
    ...(leftOut === "" ? [] : [`Not counted: ${leftOut}`]),
  ].map((text) => `  ${terminal.paint("dim", text)}`);
  if (starts.length === 0) return ["", `  ${head}`, "", "  Nothing starts.", ...note].join("\n");
  const busiest = busiestMinutes(starts);
  return [
    "",
    `  ${head}`,
    "",
    ...sideBySide(
      barRows(hours, new Set(busiest.map(({ times: [first] }) => first)), clock, terminal),
      terminal,
    ),
    "",
    ...busiestLines(busiest, clock, terminal),
    ...note,
  ].join("\n");
}

const widest = { label: "Mon 00:00".length, gap: 3 };

/** How many columns of hours fit next to each other. */
function columnsIn({ width }: Terminal): number {
  return width >= 60 ? 2 : 1;
}

function barRows(
  hours: readonly TimelineHour[],
  busy: ReadonlySet<string>,
  clock: HostClock,
  terminal: Terminal,
): string[] {
  const columns = columnsIn(terminal);
  const perColumn = Math.ceil(hours.length / columns);
  const counts = hours.map(({ starts }) => countOf(starts));
  const most = Math.max(...counts);
  const digits = String(most).length;
  const wide = Math.floor((terminal.width - 2 - widest.gap * (columns - 1)) / columns);
  const room = wide - widest.label - digits - 2;
  return hours.map(({ hour, starts }, index) => {
    const count = counts[index] as number;
    const bar = terminal.symbols.bar.repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * room)));
    const isBusy = starts.some(({ at }) => busy.has(at));
    const label = labelOf(hour, index % perColumn === 0 ? undefined : hours[index - 1], clock);
    const number = String(count).padStart(digits);
    return `${label} ${isBusy ? terminal.paint("yellow", bar) : bar}${" ".repeat(room - bar.length)} ${
      count === 0 ? terminal.paint("dim", number) : number
    }`;
  });
}

/** The hour, with the weekday at the start of a column or a day. */
function labelOf(hour: string, before: TimelineHour | undefined, { hostTimezone }: HostClock): string {
  const [day = "", ...rest] = shortTime(new Date(hour), hostTimezone).split(" ");
  const isSameDay = before !== undefined && shortTime(new Date(before.hour), hostTimezone).startsWith(day);
  return `${isSameDay ? "   " : day} ${rest.at(-1)}`;
}

/** Puts the first half of the rows to the left of the second half. */
function sideBySide(rows: readonly string[], terminal: Terminal): string[] {
  const columns = columnsIn(terminal);
  const perColumn = Math.ceil(rows.length / columns);
  const wide = Math.max(...rows.map(visibleWidth));
  return rows.slice(0, perColumn).map((_, index) => {
    const cells = Array.from({ length: columns }, (_, column) => rows[column * perColumn + index] ?? "");
    return `  ${cells.map((cell) => padded(cell, wide)).join(" ".repeat(widest.gap))}`.trimEnd();
  });
}

export function notInstalledText(commands: number): string {
  return `Not installed: ${commands === 1 ? "1 command" : `${commands} commands`}`;
}

function totalText(starts: readonly TimelineStart[]): string {
  const count = countOf(starts);
  const commands = new Set(starts.flatMap(({ names }) => names)).size;
  return `${count === 1 ? "1 start" : `${count} starts`} of ${commands === 1 ? "1 command" : `${commands} commands`}`;
}

function countOf(starts: readonly TimelineStart[]): number {
  return starts.reduce((sum, { names }) => sum + names.length, 0);
}
