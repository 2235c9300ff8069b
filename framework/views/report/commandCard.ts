import { formatDuration } from "../../config/duration";
import { shortTime } from "../../host/hostClock";
import { ago } from "../../text/ago";
import { needsAttention } from "../statusOrder";
import { durationChart, longestByCell, timelineChart } from "./charts";
import { escapeHtml } from "./escape";
import type { ReportCommand, ReportData } from "./reportData";
import { successRate } from "./successRate";

/** What all cards need. */
export interface CardContext {
  data: ReportData;
  axis: string;
  timeOf: (cell: number) => string;
}

/** The id of a command's card on the page. */
export function cardId({ commands }: ReportData, name: string): string {
  return `c${commands.findIndex((command) => command.name === name)}`;
}

/** One command: how its starts ended, why they failed, when it ran and for how long. */
export function commandCard(command: ReportCommand, { data, axis, timeOf }: CardContext): string {
  const { name, description, row, cells } = command;
  const isBad = row !== undefined && needsAttention(row);
  return `<section class="card${isBad ? " attention" : ""}" id="${cardId(data, name)}">
<div class="head"><h3>${escapeHtml(name)}</h3><span class="dim">${escapeHtml(timesText(command, data))}</span></div>
${description === "" ? "" : `<p class="dim">${escapeHtml(description)}</p>\n`}<p class="facts">${startFacts(command)}</p>
${causes(command, data)}<div class="charts"><span></span>${timelineChart(cells, `When ${name} ran`, timeOf)}
${durationChart(cells, name)}
<span></span>${axis}</div>
</section>`;
}

/** A row of the table for commands that don't get a card. */
export function commandRow(command: ReportCommand, data: ReportData): string {
  const { name, starts } = command;
  const numbers = [startsOf(command), starts.failed, successRate(starts), longestText(command)];
  const cells = numbers.map((text) => `<td class="number">${text}</td>`).join("");
  return `<tr id="${cardId(data, name)}"><td>${escapeHtml(name)}</td>${cells}</tr>`;
}

function startsOf({ starts }: ReportCommand): number {
  return starts.succeeded + starts.failed + starts.running;
}

function startFacts(command: ReportCommand): string {
  const { succeeded, failed, skipped } = command.starts;
  const count = startsOf(command);
  const attempts = badAttempts(command) - failed;
  const rate = successRate({ succeeded, failed });
  return [
    `${count.toLocaleString("en")} ${count === 1 ? "start" : "starts"}`,
    failed === 0 ? "" : `<b class="bad-text">${failed.toLocaleString("en")} failed</b>`,
    rate === "" ? "" : `${rate} succeeded`,
    attempts <= 0 ? "" : `${attempts} ${attempts === 1 ? "attempt" : "attempts"} retried`,
    skipped === 0 ? "" : `${skipped.toLocaleString("en")} skipped`,
    longestText(command) === "" ? "" : `longest ${longestText(command)}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function badAttempts({ cells }: ReportCommand): number {
  const bad = cells.filter(({ state }) => state === "failed" || state === "timed_out" || state === "lost");
  return bad.reduce((sum, { count }) => sum + count, 0);
}

function longestText({ cells }: ReportCommand): string {
  const longest = longestByCell(cells).map(([, ms]) => ms);
  return longest.length === 0 ? "" : formatDuration(Math.max(...longest));
}

const maxCauses = 3;

/** Links to the causes of the command's failures further down the page, most frequent first. */
function causes({ name }: ReportCommand, { failures }: ReportData): string {
  const own = failures.shown
    .map(({ title, commands }, index) => ({ title, index, count: commands.get(name) ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  if (own.length === 0) return "";
  const links = own
    .slice(0, maxCauses)
    .map(({ title, index, count }) => `<a href="#e${index}">${escapeHtml(title)}</a> ×${count}`);
  const more = own.length > maxCauses ? [`and ${own.length - maxCauses} more`] : [];
  return `<p class="causes">${[...links, ...more].join("<br>")}</p>\n`;
}

function timesText({ row }: ReportCommand, { clock }: ReportData): string {
  if (row === undefined) return "no longer exists";
  const now = clock.now.getTime();
  const last = row.running === null ? row.last : row.running;
  return [
    row.running !== null ? "running" : last === null ? "" : `last ${ago(now - last.startedAt)}`,
    row.nextRun === null ? "" : `next ${shortTime(new Date(row.nextRun), clock.hostTimezone)}`,
  ]
    .filter(Boolean)
    .join(" · ");
}
