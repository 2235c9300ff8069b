import { formatDuration } from "../../config/duration";
import type { DeployedCommand } from "../../metadata/overrides";
import { hasFailed } from "../../runs/ledger/run";
import { scheduleInWords } from "../../schedule/expression/words";
import { printableLine } from "../../text/printable";
import { needsAttention } from "../../views/statusOrder";
import type { StatusRow } from "../../views/statusRows";
import { type Html, html, markup } from "../html";
import { type LiveRow, nothing } from "../live/liveParts";
import type { StripRun } from "../read/lastRuns";
import { commandLink, type View } from "../view";
import { actionButton } from "./controls";
import { runStrip } from "./runStrip";
import { sparkline, usual } from "./sparkline";
import { agoTime, elapsedTime, inTime } from "./times";

/** The data from which a row is drawn. */
export interface RowFacts {
  row: StatusRow;
  command: DeployedCommand;
  runs: readonly StripRun[];
}

/** A row as last drawn, and the data from which it was drawn. */
interface Drawn {
  runs: readonly StripRun[];
  key: string;
  row: LiveRow;
}

/**
 * The rows as last drawn. The key consists of the path from the page to the home page, whether the visitor may act,
 * and the command.
 */
const drawn = new Map<string, Drawn>();
const maxDrawn = 5_000;

/** Redraws the row only if its data changed: drawing takes 50 times as long as comparing. */
export function commandRow(facts: RowFacts, view: View): LiveRow {
  const { row, command, runs } = facts;
  const place = `${view.root} ${view.canAct} ${row.name}`;
  const key = JSON.stringify([view.clock.hostTimezone, command.description, command.schedules, row]);
  const known = drawn.get(place);
  if (known !== undefined && known.runs === runs && known.key === key) return known.row;
  const fresh = flattened(drawRow(facts, view));
  if (drawn.size >= maxDrawn) drawn.clear();
  drawn.set(place, { runs, key, row: fresh });
  return fresh;
}

/**
 * Makes the row one contiguous string. V8 would otherwise keep all pieces of a concatenated string, which take five
 * times the memory.
 */
function flattened({ id, html }: LiveRow): LiveRow {
  return { id, html: markup(Buffer.from(String(html)).toString()) };
}

function drawRow(facts: RowFacts, view: View): LiveRow {
  const { row, command, runs } = facts;
  const id = `c-${row.name}`;
  const description = printableLine(command.description);
  return {
    id,
    html: html`<tr id="${id}" class="${dotOf(row)}">
<td class="dot"><span role="img" aria-label="${dotText(row)}"></span></td>
<th scope="row"><a href="${commandLink(view, row.name)}">${row.name}</a>${description === "" ? "" : html`<span class="more">${description}</span>`}</th>
<td class="when">${wordsOf(command)}<span class="more">${nextText(row, view)}</span></td>
<td class="runs">${runStrip(runs)}${causeOf(row, runs)}</td>
<td class="last">${lastText(facts, view)}</td>
<td class="took">${sparkline(runs)}</td>
<td class="act">${buttonOf(row, view)}</td>
</tr>`,
  };
}

const words = new Map<string, string>();

/** A command's schedules in words. Computes them once per schedule, because many commands have the same one. */
export function wordsOf({ name, schedules }: Pick<DeployedCommand, "name" | "schedules">): string {
  if (schedules.length === 0) return "Manual";
  return schedules
    .map((schedule) => {
      // H in a schedule stands for a minute that depends on the command's name.
      const key = schedule.includes("H") ? `${schedule} ${name}` : schedule;
      if (words.size > 10_000) words.clear();
      if (!words.has(key)) words.set(key, scheduleInWords(schedule, name));
      return words.get(key);
    })
    .join("; ");
}

function dotOf(row: StatusRow): string {
  if (row.running !== null) return needsAttention(row) ? "is-now is-bad" : "is-now";
  if (needsAttention(row)) return "is-bad";
  if (row.last === null) return "is-new";
  return hasFailed(row.last) && !row.isRetrying ? "is-idle" : "is-good";
}

function dotText(row: StatusRow): string {
  if (row.running !== null) return "running";
  if (needsAttention(row)) return "needs attention";
  if (row.last === null) return "no run yet";
  if (row.isRetrying && hasFailed(row.last)) return "waiting to retry";
  return row.last.state.replace("_", " ");
}

function nextText(row: StatusRow, view: View): Html {
  if (row.isScheduled && !row.isInstalled) return html`not installed`;
  if (row.nextRun === null) return nothing;
  return html`${row.isPaused ? "skipped " : ""}${inTime(Date.parse(row.nextRun), view)}`;
}

function causeOf({ last }: StatusRow, runs: readonly StripRun[]): Html {
  if (last === null || !hasFailed(last)) return nothing;
  const cause = printableLine(runs.find(({ id }) => id === last.id)?.cause).slice(0, 120);
  const status =
    last.state === "failed" ? `exit ${last.exitStatus ?? "unknown"}` : last.state.replace("_", " ");
  return html`<span class="more cause">${cause === "" ? status : `${status}: ${cause}`}</span>`;
}

function lastText({ row, runs }: RowFacts, view: View): Html {
  const often = usual(runs);
  if (row.running !== null) {
    const more = often === undefined ? "" : `usually ${formatDuration(often)}`;
    return html`<b>${elapsedTime(row.running.startedAt, view)}</b><span class="more">${more}</span>`;
  }
  if (row.last === null) return html`<span class="dim">never</span>`;
  const took = row.last.durationMs === null ? "" : formatDuration(row.last.durationMs);
  return html`${agoTime(row.last.startedAt, view)}<span class="more">${row.isRetrying && hasFailed(row.last) ? "retrying" : took}</span>`;
}

function buttonOf({ name, running, isPaused, enabled }: StatusRow, view: View): Html {
  const values = { command: name };
  if (running !== null)
    return actionButton(view, "stop", { text: "Stop", about: name, values, kind: "danger" });
  if (!enabled) return actionButton(view, "enable", { text: "Enable", about: name, values });
  if (isPaused) return actionButton(view, "resume", { text: "Resume", about: name, values });
  return actionButton(view, "run", { text: "Run", about: name, values });
}
