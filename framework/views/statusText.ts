import { clipped, padded, visibleWidth } from "../cli/table";
import type { Terminal } from "../cli/terminal";
import { formatDuration } from "../config/duration";
import { troubleLines } from "../doctor/troubleText";
import type { Trouble } from "../runs/history/health";
import { diskCommand, runNote } from "../runs/history/runText";
import type { HostClock } from "../schedule/times/nextRuns";
import { ago, until } from "../text/ago";
import { printableLine } from "../text/printable";
import { neverHereLine } from "./neverHere";
import { type QueueState, queueLine, queueTroubles } from "./queue/queueState";
import type { Status, StatusRow } from "./statusRows";

/** The table of `node laju status`. `hidden` are commands that this host does not start. */
export function statusText(
  status: Status & QueuePart,
  clock: HostClock,
  terminal: Terminal,
  hidden: readonly StatusRow[] = [],
): string {
  const { commands, crontab } = status;
  const { paint } = terminal;
  const rows = commands.map((row) => cells(row, clock));
  const isLong = (text = "") => visibleWidth(text) > Math.floor(terminal.width * longName);
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(0, ...rows.map((row) => (column === 0 && isLong(row[0]) ? 0 : visibleWidth(row[column] ?? "")))),
  );
  const lines = commands.map((row, index) => line(row, rows[index] as string[], widths, terminal));
  const isUnread = lines.length === 0 && crontab.state === "unknown";
  const table = lines.length === 0 ? ["  No commands have been built yet."] : lines;
  const hint = crontab.hint === undefined || isInHead(status, "crontab") ? [] : [paint("dim", crontab.hint)];
  const summary = [...summaryLines(status, clock, terminal), ...hint].map((line) => `  ${line}`);
  const head = troubleLines(status.health ?? [], terminal);
  if (isUnread) return head.join("\n");
  return [
    ...head,
    "",
    ...table,
    ...neverHereLine(hidden, terminal),
    "",
    ...summary,
    ...nextSteps(commands, terminal),
  ].join("\n");
}

/** A name wider than this share of the terminal gets its own line, so that it doesn't widen the column. */
const longName = 0.4;

/** The crontab and the queue, on one line if they fit. */
function summaryLines(status: Status & QueuePart, { now }: HostClock, terminal: Terminal): string[] {
  const { crontab, queue, queueProblem } = status;
  const { paint, width } = terminal;
  const message = crontab.isBad ? paint("red", crontab.message) : crontab.message;
  const word = isInHead(status, "crontab") ? [] : [message];
  if (queueProblem !== undefined && isInHead(status, "queue")) return word;
  if (queueProblem !== undefined)
    return [...word, paint("red", `queue: cannot be read: ${printableLine(queueProblem)}`)];
  const age = askedText(status, now);
  if (queue == null) return age === "" ? word : [...word, `servers${age}`];
  const line = `${queueLine(queue)}${age}`;
  const shown = queueTroubles(queue).length > 0 ? paint("red", line) : line;
  const isShort = crontab.message.length + line.length + 5 <= width;
  return isShort ? [[...word, shown].join(" · ")] : [...word, shown];
}

/** Whether the crontab's or the queue's problem is already shown at the top. */
function isInHead({ health = [] }: Status, subject: "crontab" | "queue"): boolean {
  return health.some(({ name, state }) => name === subject && state === "bad");
}

/** When the servers were last checked; empty if that was just now. */
function askedText({ storesAskedAt }: QueuePart, now: Date): string {
  const age = storesAskedAt == null ? 0 : now.getTime() - storesAskedAt;
  return age < 2_000 ? "" : ` (last checked ${ago(age)})`;
}

interface QueuePart {
  storesAskedAt?: number | null;
  queue?: QueueState | null;
  queueProblem?: string;
}

function line(row: StatusRow, texts: string[], widths: number[], terminal: Terminal): string {
  const [name = "", ...others] = texts;
  if (visibleWidth(name) > (widths[0] as number)) {
    const rest = line(row, ["", ...others], widths, terminal);
    return `  ${symbolOf(row, terminal)} ${name}\n${rest.replace(symbolOf(row, terminal), " ")}`;
  }
  const head = texts.slice(0, 5).map((text, column) => padded(text, widths[column] as number));
  const columns = head.filter((_, column) => (widths[column] as number) > 0).join("   ");
  const note = texts[5] as string;
  const start = `  ${symbolOf(row, terminal)} ${columns}`;
  if (note === "") return start.trimEnd();
  const room = terminal.width - visibleWidth(start) - 3;
  const isBad = row.troubles.length > 0;
  const style = isOpen(row) ? "red" : "dim";
  // Problems and skipped starts are never cut off: if they don't fit next to the command, they get their own line.
  if ((isBad || row.skipped > 0) && visibleWidth(note) > room) {
    return `${start.trimEnd()}\n      ${terminal.paint(style, clipped(note, terminal.width - 6, terminal))}`;
  }
  const text = visibleWidth(note) > room && room < 12 ? "" : clipped(note, room, terminal);
  return `${start}   ${terminal.paint(style, text)}`.trimEnd();
}

function cells(row: StatusRow, { now }: HostClock): string[] {
  const { name, last, running } = row;
  const durationMs = running === null ? last?.durationMs : Math.max(0, now.getTime() - running.startedAt);
  const lasted = durationMs == null ? "" : formatDuration(durationMs);
  const when = running !== null ? "running" : last === null ? "never" : ago(now.getTime() - last.startedAt);
  return [name, when, lasted, endingOf(row), nextOf(row, now), noteOf(row, now)];
}

function endingOf({ last, running, isRetrying }: StatusRow): string {
  if (running !== null || last === null || last.state === "succeeded") return "";
  if (isRetrying) return "retrying";
  return last.state === "failed" ? `exit ${last.exitStatus}` : last.state.replace("_", " ");
}

function nextOf(row: StatusRow, now: Date): string {
  const { enabled, isMeantHere, environments, isScheduled, isInstalled, isPaused, nextRun } = row;
  if (!enabled) return "disabled";
  if (!isMeantHere) return `only in ${environments?.join(", ")}`;
  if (isPaused) return "paused";
  if (!isScheduled) return "";
  if (!isInstalled) return "not installed";
  if (nextRun === null) return "";
  return `next in ${until(Date.parse(nextRun) - now.getTime())}`;
}

/** Whether a command has an unacknowledged problem. */
function isOpen({ troubles }: StatusRow): boolean {
  return troubles.some(({ acknowledged }) => acknowledged === undefined);
}

/** The kinds of trouble that an earlier column already shows. */
const endings: Trouble["kind"][] = ["failed", "timed_out", "lost"];

/** The command's problems, or else its last run's message. */
function noteOf({ troubles, last, running, skipped, ranElsewhere }: StatusRow, now: Date): string {
  const bad = troubles.filter(({ kind }) => !endings.includes(kind)).map(({ text }) => text);
  const ended = troubles.some(({ kind }) => endings.includes(kind));
  const failure = ended && running !== null ? ["the previous run failed"] : [];
  const server = printableLine(ranElsewhere);
  const saysSkips = troubles.some(({ kind }) => kind === "hanging");
  const skips =
    server !== "" ? [`ran on ${server}`] : skipped === 0 || saysSkips ? [] : [`${skipped} skipped`];
  // If the next start was missed, the success of the previous run is outdated.
  const isOutdated = bad.length > 0 && last?.state === "succeeded";
  const said = running === null && !isOutdated ? (last === null ? "" : printableLine(runNote(last))) : "";
  return [...acknowledgement(troubles, now), ...failure, ...bad, ...skips, said].filter(Boolean).join(", ");
}

function acknowledgement(troubles: Trouble[], now: Date): string[] {
  const [known] = troubles.flatMap(({ acknowledged }) => acknowledged ?? []);
  if (known === undefined) return [];
  const why = known.reason === null ? "" : ` (${printableLine(known.reason)})`;
  return [`acknowledged ${ago(now.getTime() - known.at)}${why}`];
}

function symbolOf(row: StatusRow, { paint, symbols }: Terminal): string {
  const { running, last, troubles, isRetrying } = row;
  if (running !== null) return paint(isOpen(row) ? "red" : "yellow", symbols.running);
  if (isRetrying) return paint("yellow", symbols.running);
  if (troubles.length > 0) return paint(isOpen(row) ? "red" : "yellow", symbols.failed);
  if (last === null) return symbols.never;
  return last.state === "succeeded" ? paint("green", symbols.done) : paint("red", symbols.failed);
}

/**
 * Commands to type next, one per line, each with its purpose as a shell comment, so that the whole line can be pasted.
 */
function nextSteps(commands: StatusRow[], { paint }: Terminal): string[] {
  const bad = commands.find(isOpen);
  if (bad === undefined) return [];
  const steps = stepsFor(bad);
  const width = Math.max(...steps.map(([command]) => visibleWidth(command)));
  return steps.map(([command, purpose]) => `  ${paint("dim", `${padded(command, width)}  # ${purpose}`)}`);
}

/** Commands to type next, each with its purpose. */
function stepsFor({ name, running, last, troubles }: StatusRow): [command: string, purpose: string][] {
  if (running !== null) {
    return [
      [`node laju logs ${name} --follow`, "its output"],
      [`node laju stop ${name}`, "stop it"],
    ];
  }
  const [worst] = troubles;
  if (worst?.kind === "overdue") return [["node laju doctor", "why it did not start"]];
  if (worst?.kind === "output") return [[diskCommand(last), "how full the disk is"]];
  return [
    [`node laju logs ${name}`, "its output"],
    [`node laju run ${name}`, "run it again"],
  ];
}
