import { shortTime } from "../../host/hostClock";
import { escapeHtml } from "./escape";
import type { QueueType } from "./readQueue";
import type { ReportData } from "./reportData";
import { successRate } from "./successRate";

const maxTypes = 60;

/** The queue's job types as a table; empty without a queue. */
export function queueSection({ queue, clock }: ReportData): string {
  const { types, problem } = queue;
  if (types.length === 0 && problem === undefined) return "";
  const rows = types.slice(0, maxTypes).map((type) => typeRow(type, clock.hostTimezone));
  const left = types.length - rows.length;
  const heads = [
    "Type",
    "Failed",
    "Completed",
    "Succeeded",
    "Ready",
    "Scheduled",
    "Running",
    "Newest failure",
  ];
  const table = `<table class="card"><thead><tr>${heads.map(headCell).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table>`;
  return [
    "<h2>Queue</h2>",
    problem === undefined ? "" : `<p class="card attention">${escapeHtml(problem)}</p>`,
    types.length === 0
      ? ""
      : '<p class="dim">The current jobs, including finished ones that are still kept.</p>',
    types.length === 0 ? "" : `<div class="wide">${table}</div>`,
    left > 0 ? `<p class="dim small">${left} more types. node laju queue:status lists them all.</p>` : "",
  ]
    .filter(Boolean)
    .join("\n");
}

function headCell(text: string, index: number): string {
  return `<th${index === 0 ? "" : ' class="number"'}>${text}</th>`;
}

function typeRow(type: QueueType, timezone: string): string {
  const { failed, completed, pending, parked, scheduled, processing, newestFailure } = type;
  const rate = successRate({ succeeded: completed, failed });
  const ready =
    parked > 0 ? `${pending.toLocaleString("en")} + ${parked} parked` : pending.toLocaleString("en");
  const numbers = [completed.toLocaleString("en"), rate, ready, scheduled.toLocaleString("en")];
  const row = `<tr><td>${escapeHtml(type.type)}${type.isPaused ? ' <span class="dim">paused</span>' : ""}</td>
<td class="number${failed > 0 ? " bad-text" : ""}">${failed.toLocaleString("en")}</td>
${[...numbers, processing.toLocaleString("en")].map((text) => `<td class="number">${text}</td>`).join("")}</tr>`;
  return newestFailure === null ? row : `${row}\n${failureRow(newestFailure, timezone)}`;
}

function failureRow({ id, error, at }: NonNullable<QueueType["newestFailure"]>, timezone: string): string {
  const when = at === null ? "" : `${shortTime(new Date(at), timezone)} `;
  return `<tr class="more"><td colspan="7"><span class="dim">${when}job ${id}</span> ${escapeHtml(firstLine(error))}</td></tr>`;
}

const longest = 160;

function firstLine(text: string): string {
  const [line = ""] = text.split("\n", 1);
  return line.length <= longest ? line : `${line.slice(0, longest)}…`;
}
