import { formatDuration } from "../../config/duration";
import { shortTime } from "../../host/hostClock";
import { failureReason } from "../../runs/history/runText";
import type { HostClock } from "../../schedule/times/nextRuns";
import { cardId } from "./commandCard";
import { escapeHtml } from "./escape";
import type { ReportData, ReportFailure, ShownGroup } from "./reportData";

/** The failures by cause. Says how many are shown and where to find the others. */
export function failuresSection(data: ReportData): string {
  const { failures, clock } = data;
  if (failures.total === 0) return '<p class="card dim">None.</p>';
  return [
    `<p class="dim">${shownText(data)}</p>`,
    ...failures.shown.map((group, index) => groupCard(group, index, data, clock)),
  ].join("\n");
}

/** "30 of 327 shown"; empty if all are shown. */
export function shownOf({ failures }: Pick<ReportData, "failures">): string {
  const shown = failures.shown.reduce((sum, { newest }) => sum + newest.length, 0);
  return shown === failures.total
    ? ""
    : `${shown.toLocaleString("en")} of ${failures.total.toLocaleString("en")} shown`;
}

function shownText(data: ReportData): string {
  const { total, groupCount, shown } = data.failures;
  const runs = `${total.toLocaleString("en")} failed ${total === 1 ? "run" : "runs"}`;
  const groups = groupCount === 1 ? "one cause" : `${groupCount.toLocaleString("en")} causes`;
  const left = groupCount - shown.length;
  return [
    `${runs}, ${groups}`,
    shownOf(data),
    left === 0 ? "" : `${left.toLocaleString("en")} rarer ${left === 1 ? "cause" : "causes"} left out`,
    shownOf(data) === "" ? "" : "node laju runs --failed lists them all",
  ]
    .filter(Boolean)
    .join(" · ");
}

const maxCommands = 12;

function groupCard(group: ShownGroup, index: number, data: ReportData, clock: HostClock): string {
  const { title, varies, count, commands, newest, isCurrent } = group;
  const links = [...commands]
    .sort(([, a], [, b]) => b - a)
    .slice(0, maxCommands)
    .map(([name, times]) => {
      const link = `<a href="#${cardId(data, name)}">${escapeHtml(name)}</a>`;
      return commands.size === 1 ? link : `${link} ×${times}`;
    });
  const more = commands.size > maxCommands ? [`${commands.size - maxCommands} more`] : [];
  const note = varies ? ' <span class="dim">(the numbers vary)</span>' : "";
  return `<section class="card${isCurrent ? " attention" : ""}" id="e${index}">
<div class="head"><h3>${escapeHtml(title)}${note}</h3><span class="dim">${whenText(group, clock)}</span></div>
<p class="facts"><b class="bad-text">${count.toLocaleString("en")}×</b> · ${[...links, ...more].join(", ")}</p>
${newest.map((failure) => failureText(failure, clock)).join("\n")}
${newest.length < count ? `<p class="dim small">${newest.length} of ${count.toLocaleString("en")} shown</p>` : ""}
</section>`;
}

function whenText({ count, firstAt, lastAt }: ShownGroup, { hostTimezone }: HostClock): string {
  const first = shortTime(new Date(firstAt), hostTimezone);
  const last = shortTime(new Date(lastAt), hostTimezone);
  return count === 1 ? last : `${first} to ${last}`;
}

/** One failure: a single line that expands to the run's errors and output. */
function failureText({ run, output }: ReportFailure, { hostTimezone }: HostClock): string {
  const lasted = run.durationMs === null ? "" : ` after ${formatDuration(run.durationMs)}`;
  const when = shortTime(new Date(run.startedAt), hostTimezone);
  const attempt = run.attempt > 1 ? `, attempt ${run.attempt}` : "";
  const head = `${when} <b>${escapeHtml(run.name)}</b> ${escapeHtml(failureReason(run))}${lasted}`;
  const texts = [run.error, run.loggedError, output].filter(
    (text) => text !== null && text !== "",
  ) as string[];
  const shown = texts.map((text) => `<pre>${escapeHtml(clipped(text))}</pre>`);
  const rest = shown.length === 0 ? '<p class="dim">No output.</p>' : shown.join("\n");
  return `<details><summary>${head} <span class="dim">· run ${run.id}${attempt}</span></summary>
${rest}
</details>`;
}

const maxText = 8_000;

function clipped(text: string): string {
  if (text.length <= maxText) return text;
  return `${text.slice(0, maxText)}\n… ${(text.length - maxText).toLocaleString("en")} more characters`;
}
