import { formatDuration } from "../schedule/duration";
import { type HostClock, nextRuns } from "../schedule/nextRuns";
import type { DeployedCommand } from "../schedule/overrides";
import { printableLine } from "../services/printable";
import { shortTime } from "./hostClock";
import { type Terminal, visibleWidth } from "./terminal";

/** A row of `list --json`. */
export interface ListRow extends Omit<DeployedCommand, "options" | "log"> {
  words: string[];
  nextRun: string | null;
  next?: string[];
}

export interface ListOptions {
  /** That many coming times of each command. */
  next: number;
  /** The environment here: commands of others start nowhere near. */
  environment: string;
}

/** One row a command: the same for --json and for people. */
export function listRows(
  commands: DeployedCommand[],
  words: Words,
  clock: HostClock,
  { next, environment }: ListOptions,
): ListRow[] {
  return commands.map((command) => {
    const { options: _options, log: _log, ...facts } = command;
    const dates = isMeantFor(environment, command) ? nextRuns(command, clock, Math.max(next, 1)) : [];
    const times = dates.map((time) => time.toISOString());
    return {
      ...facts,
      // When it is asked for: the table shows no words.
      get words() {
        return facts.schedules.map((schedule) => words(schedule, facts.name));
      },
      nextRun: times[0] ?? null,
      ...(next > 0 && { next: times }),
    };
  });
}

/** Says a schedule in English. */
export type Words = (schedule: string, name: string) => string;

function isMeantFor(environment: string, { environments }: Pick<ListRow, "environments">): boolean {
  return environments?.includes(environment) ?? true;
}

/** What the table says besides its rows. */
export interface ListContext extends HostClock {
  environment: string;
  /** Whether the crontab is to be installed, or installed again. */
  needsInstall: boolean;
}

/** The table of `node laju list`. */
export function listText(rows: ListRow[], clock: ListContext, terminal: Terminal): string {
  if (rows.length === 0) return "  No commands yet. node laju make:command SendDailyEmails writes the first.";
  const schedules = alignedSchedules(rows.map((row) => row.schedules[0] ?? "–"));
  const column = {
    name: longest(rows.map(({ name }) => name)),
    due: longest(rows.map((row) => due(row, clock))),
  };
  const lines = rows.flatMap((row, index) => [
    line(row, schedules[index] as string, column, clock, terminal),
    ...row.schedules.slice(1).map((schedule) => `  ${terminal.paint("dim", `and ${schedule}`)}`),
    ...overriddenNote(row).map((note) => `  ${terminal.paint("dim", note)}`),
    ...(row.next ?? []).map((time) => `      ${terminal.paint("dim", nextLine(time, row, clock))}`),
  ]);
  return ["", ...lines, "", `  ${summary(rows, clock)}`].join("\n");
}

function line(
  row: ListRow,
  schedule: string,
  column: { name: number; due: number },
  clock: ListContext,
  { paint, width, symbols }: Terminal,
): string {
  const dots = ".".repeat(column.name - row.name.length + 2);
  const head = `  ${schedule}  ${paint("green", row.name)} ${paint("dim", dots)} ${due(row, clock).padEnd(column.due)}`;
  const room = width - visibleWidth(head) - 3;
  const description = printableLine(row.description);
  if (room < 8 || description === "") return head.trimEnd();
  const fits = description.length <= room;
  const text = fits ? description : description.slice(0, room - symbols.dots.length).trimEnd() + symbols.dots;
  return `${head}   ${paint("dim", text)}`;
}

function overriddenNote({ overridden }: ListRow): string[] {
  return overridden.length === 0 ? [] : [`schedule.json decides its ${overridden.join(", ")}`];
}

function due(row: ListRow, { now, environment }: ListContext): string {
  if (!row.enabled) return "disabled";
  if (row.schedules.length > 0 && !isMeantFor(environment, row))
    return `only in ${row.environments?.join(", ")}`;
  if (row.nextRun === null) return row.schedules.length > 0 ? "at boot" : "";
  return `next in ${formatDuration(rounded(Date.parse(row.nextRun) - now.getTime()))}`;
}

/** Seconds are noise in a list, save in the last minute; and "in 0s" would be wrong. */
function rounded(ms: number): number {
  const unit = ms < 60_000 ? 1_000 : 60_000;
  return Math.max(Math.floor(ms / unit) * unit, 1_000);
}

function nextLine(time: string, row: ListRow, clock: HostClock): string {
  const zone = row.timezone ?? clock.hostTimezone;
  return `${shortTime(new Date(time), zone)}${row.timezone === null ? "" : ` ${zone}`}`;
}

function summary(rows: ListRow[], clock: ListContext): string {
  const { environment } = clock;
  const scheduled = rows.filter((row) => row.enabled && row.schedules.length > 0);
  const here = scheduled.filter((row) => isMeantFor(environment, row)).length;
  const count = rows.length === 1 ? "1 command" : `${rows.length} commands`;
  const elsewhere = here === scheduled.length ? "" : `, ${here} of them in "${environment}"`;
  const apply = here === 0 || !clock.needsInstall ? "" : " · node laju crontab:install to apply";
  return `${count}, ${scheduled.length} scheduled${elsewhere} · ${clock.hostTimezone}${apply}`;
}

/** Five-field expressions with each field in its column; everything else as it is. */
function alignedSchedules(schedules: string[]): string[] {
  const split = schedules.map((schedule) => schedule.trim().split(/\s+/));
  const five = split.filter((fields) => fields.length === 5);
  const widths = [0, 1, 2, 3, 4].map((index) => longest(five.map((fields) => fields[index] as string)));
  const texts = split.map((fields, index) =>
    fields.length === 5
      ? fields.map((field, at) => field.padEnd(widths[at] as number)).join(" ")
      : (schedules[index] as string),
  );
  const width = longest(texts);
  return texts.map((text) => text.padEnd(width));
}

function longest(texts: string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
