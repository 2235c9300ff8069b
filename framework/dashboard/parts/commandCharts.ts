import { formatDuration } from "../../config/duration";
import { counted } from "../../text/counted";
import { cellTimes, timeAxis } from "../../views/report/axis";
import { durationChart, longestByCell, timelineChart } from "../../views/report/charts";
import { cellCount } from "../../views/report/reportData";
import { successRate } from "../../views/report/successRate";
import { type Html, html, markup } from "../html";
import { type CommandRuns, readCommandRuns } from "../read/commandRuns";
import type { StripRun } from "../read/lastRuns";
import type { View } from "../view";
import { usual } from "./sparkline";

const spans = [1, 7, 30, 90];
const usualSpan = 7;

/** Charts of when and how long a command ran, with its success rate and the reasons for skipped runs. */
export function commandCharts(name: string, strip: readonly StripRun[], view: View): Html {
  const asked = Number(view.query.get("days"));
  const days = spans.includes(asked) ? asked : usualSpan;
  const cellMs = Math.ceil((days * 86_400_000) / cellCount);
  const to = Math.ceil((view.clock.now.getTime() + 1) / cellMs) * cellMs;
  const axis = { from: to - cellCount * cellMs, cellMs, days, clock: view.clock };
  const runs = readCommandRuns(name, { from: axis.from, to, cellMs });
  return html`<div id="charts" class="card"><nav class="chips" aria-label="How many days">${spans.map((span) => daysLink(span, days))}</nav>
${figures(runs, strip)}
<div class="charts"><span></span>${markup(timelineChart(runs.cells, `When ${name} ran`, cellTimes(axis)))}
${markup(durationChart(runs.cells, name))}
<span></span>${markup(timeAxis(axis))}</div>
${runs.skips.length === 0 ? "" : html`<p class="dim small">Skipped: ${runs.skips.map(([reason, count]) => `${reason} (${counted(count)})`).join(", ")}</p>`}</div>`;
}

function daysLink(span: number, chosen: number): Html {
  return html`<a class="chip" href="?days=${span}"${span === chosen ? html` aria-current="true"` : ""}>${span === 1 ? "1 day" : `${span} days`}</a>`;
}

function figures({ counts, cells }: CommandRuns, strip: readonly StripRun[]): Html {
  const of = (...states: string[]) => states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
  const [succeeded, failed] = [of("succeeded"), of("failed", "timed_out", "lost")];
  const longest = Math.max(0, ...longestByCell(cells).map(([, ms]) => ms));
  const often = usual(strip);
  const numbers: [text: string, label: string, isBad: boolean][] = [
    [counted(succeeded + failed + of("running")), "runs", false],
    [counted(failed), "failed", failed > 0],
    [successRate({ succeeded, failed }) || "–", "succeeded", false],
    [counted(of("skipped")), "skipped", false],
    [often === undefined ? "–" : formatDuration(often), "usually", false],
    [longest === 0 ? "–" : formatDuration(longest), "longest", false],
  ];
  return html`<dl class="figures">${numbers.map(([text, label, isBad]) => html`<div><dt>${label}</dt><dd${isBad ? html` class="bad-text"` : ""}>${text}</dd></div>`)}</dl>`;
}
