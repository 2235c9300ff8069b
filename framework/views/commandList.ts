import { nextStart, nextTimes, type StartedHere } from "../catalog/nextStarts";
import { isForEnvironment, isUnscheduledHere } from "../catalog/scheduledHere";
import { clipped, padded, visibleWidth, widest } from "../cli/table";
import type { Terminal } from "../cli/terminal";
import { shortTimes } from "../host/hostClock";
import type { DeployedCommand } from "../metadata/overrides";
import { scheduleInWords } from "../schedule/expression/words";
import type { HostClock } from "../schedule/times/nextRuns";
import { shownUrl } from "../services/webAddress";
import { until } from "../text/ago";
import { printableLine } from "../text/printable";
import { neverHereLine, withoutHidden } from "./neverHere";
import { inOrder, type RowOrder } from "./rowOrder";

/** A row of `list --json`. */
export interface ListRow extends Omit<DeployedCommand, "options" | "log"> {
  words: string[];
  /** Whether the crontab or another scheduler on this host starts the command. */
  isInstalled: boolean;
  /** When the command starts next; null if nothing will start it. */
  nextRun: string | null;
  /** Whether the command's last run failed and no retry is pending. */
  hasFailed: boolean;
  /** The next times of the command's schedule, whether or not the command is installed. */
  next?: string[];
}

export interface ListOptions extends StartedHere {
  /** How many upcoming times to show for each command. */
  next: number;
  /** The names of the commands whose last run failed. */
  failed?: ReadonlySet<string>;
  /** Returns a command as it is in the build. Its schedule there determines its next start. */
  built?: (command: DeployedCommand) => DeployedCommand;
}

/** One row per command, the same for --json and for the table. */
export function listRows(
  commands: DeployedCommand[],
  clock: HostClock,
  { next, failed, built = (command) => command, ...here }: ListOptions,
): ListRow[] {
  return commands.map((command) => {
    const { options: _options, log: _log, ...facts } = command;
    return {
      ...facts,
      // The path of a ping URL is a secret: anyone who knows it can report success.
      ping: facts.ping === null ? null : shownUrl(facts.ping),
      // A getter, because only --json needs the words and computing them takes time.
      get words() {
        return facts.schedules.map((schedule) => scheduleInWords(schedule, facts.name));
      },
      isInstalled: here.isInstalled(facts.name),
      nextRun: nextStart(built(command), clock, here)?.toISOString() ?? null,
      hasFailed: failed?.has(facts.name) ?? false,
      ...(next > 0 && {
        next: nextTimes(built(command), clock, here, next).map((time) => time.toISOString()),
      }),
    };
  });
}

/** What the output needs besides the rows. */
export interface ListContext extends HostClock {
  environment: string;
  /** Whether the crontab has to be installed or updated. */
  needsInstall: boolean;
  /** Commands that this host does not start, summarized in one line. */
  hidden?: readonly ListRow[];
}

/** Sorts the rows, and separates those that are summarized in one line below the table. */
export function arrangedList(
  rows: readonly ListRow[],
  order: RowOrder,
  { environment, isAskedFor }: { environment: string; isAskedFor: (row: ListRow) => boolean },
): { shown: ListRow[]; hidden: readonly ListRow[] } {
  const { shown, hidden } = withoutHidden(
    rows,
    (row) => isUnscheduledHere(row, environment) && !isAskedFor(row),
  );
  return { shown: inListOrder(shown, order), hidden };
}

export function inListOrder(rows: readonly ListRow[], order: RowOrder): ListRow[] {
  return inOrder(rows, order, ({ hasFailed }) => Number(hasFailed));
}

/** The table of `node laju list`. */
export function listText(rows: ListRow[], clock: ListContext, terminal: Terminal): string {
  if (rows.length === 0) return "  No commands yet. Create the first: node laju make:command SendDailyEmails";
  const schedules = alignedSchedules(rows.map((row) => row.schedules[0] ?? "–"));
  const column = {
    name: nameWidth(rows, terminal),
    due: widest(rows.map((row) => due(row, clock))),
  };
  const lines = rows.flatMap((row, index) => [
    line(row, schedules[index] as string, column, clock, terminal),
    ...row.schedules.slice(1).map((schedule) => `  ${terminal.paint("dim", `and ${schedule}`)}`),
    ...overriddenNote(row).map((note) => `  ${terminal.paint("dim", note)}`),
    ...nextLines(row, clock).map((text) => `      ${terminal.paint("dim", text)}`),
  ]);
  const hidden = clock.hidden ?? [];
  const more = neverHereLine(hidden, terminal);
  return ["", ...lines, ...more, "", `  ${summary([...rows, ...hidden], clock)}`].join("\n");
}

/**
 * The width of the names' column. A very long name exceeds it, so that the descriptions of other commands keep their
 * width.
 */
function nameWidth(rows: readonly ListRow[], { width }: Terminal): number {
  const most = Math.floor(width * 0.3);
  return widest(rows.map(({ name }) => name).filter((name) => visibleWidth(name) <= most));
}

function line(
  row: ListRow,
  schedule: string,
  column: { name: number; due: number },
  clock: ListContext,
  { paint, width, symbols }: Terminal,
): string {
  const gap = Math.max(0, column.name - visibleWidth(row.name)) + 2;
  const dots = (due(row, clock) === "" ? " " : ".").repeat(gap);
  const mark = row.hasFailed ? `${paint("red", symbols.failed)} ` : "  ";
  const head = `${mark}${schedule}  ${paint(row.hasFailed ? "red" : "green", row.name)} ${paint("dim", dots)} ${padded(due(row, clock), column.due)}`;
  const room = width - visibleWidth(head) - 3;
  const description = printableLine(row.description);
  if (room < 8 || description === "") return head.trimEnd();
  return `${head}   ${paint("dim", clipped(description, room, { symbols }))}`;
}

function overriddenNote({ overridden }: ListRow): string[] {
  return overridden.length === 0 ? [] : [`schedule.json overrides its ${overridden.join(", ")}`];
}

function due(row: ListRow, { now, environment }: ListContext): string {
  if (!row.enabled) return "disabled";
  if (row.schedules.length > 0 && !isForEnvironment(environment, row))
    return `only in ${row.environments?.join(", ")}`;
  if (row.schedules.length === 0) return "";
  if (!row.isInstalled) return "not installed";
  if (row.nextRun === null) return "at boot";
  return `next in ${until(Date.parse(row.nextRun) - now.getTime())}`;
}

function nextLines(row: ListRow, clock: HostClock): string[] {
  const zone = row.timezone === null ? "" : ` ${row.timezone}`;
  return shortTimes(row.next ?? [], row.timezone ?? clock.hostTimezone).map((time) => time + zone);
}

function summary(rows: ListRow[], clock: ListContext): string {
  const { environment } = clock;
  const scheduled = rows.filter((row) => row.enabled && row.schedules.length > 0);
  const here = scheduled.filter((row) => isForEnvironment(environment, row)).length;
  const count = rows.length === 1 ? "1 command" : `${rows.length} commands`;
  const elsewhere = here === scheduled.length ? "" : `, ${here} of them in "${environment}"`;
  const limit = rows.find(({ timeoutFrom }) => timeoutFrom !== undefined)?.timeout;
  const limited = limit ? ` · time limit ${limit}` : "";
  const apply = here === 0 || !clock.needsInstall ? "" : " · node laju crontab:install to apply";
  return `${count}, ${scheduled.length} scheduled${elsewhere} · ${clock.hostTimezone}${limited}${apply}`;
}

/** Aligns the fields of five-field expressions in columns, and leaves other expressions alone. */
function alignedSchedules(schedules: string[]): string[] {
  const split = schedules.map((schedule) => schedule.trim().split(/\s+/));
  const five = split.filter((fields) => fields.length === 5);
  const widths = [0, 1, 2, 3, 4].map((index) => widest(five.map((fields) => fields[index] as string)));
  const texts = split.map((fields, index) =>
    fields.length === 5
      ? fields.map((field, at) => padded(field, widths[at] as number)).join(" ")
      : (schedules[index] as string),
  );
  const width = widest(texts);
  return texts.map((text) => padded(text, width));
}
