import { counted } from "../../text/counted";
import { type Html, html } from "../html";
import { type PaceSpan, paceSpans, type QueuePace } from "../read/jobs";
import { failureRate, paceChart, sumsOf } from "./paceChart";

/** How many jobs completed and failed over time, of all types. */
export function paceCard({ total, stepMs, isPartial }: QueuePace, span: PaceSpan): Html {
  const { words } = paceSpans[span];
  const { completed, failed } = sumsOf(total);
  const most = Math.max(...total.completed.map((count, step) => count + (total.failed[step] ?? 0)));
  const minutes = stepMs / 60_000;
  const numbers: [text: string, label: string, isBad: boolean][] = [
    [counted(completed), "completed", false],
    [counted(failed), "failed", failed > 0],
    [failureRate(total), "failure rate", failed > 0],
    [counted(most), `most in ${minutes === 1 ? "a minute" : `${minutes} minutes`}`, false],
  ];
  return html`<div id="pace" class="card"><nav class="chips" aria-label="How long">${(Object.keys(paceSpans) as PaceSpan[]).map((one) => html`<a class="chip" href="?over=${one}"${one === span ? html` aria-current="true"` : ""}>${paceSpans[one].words}</a>`)}</nav>
<dl class="figures">${numbers.map(([text, label, isBad]) => html`<div><dt>${label}</dt><dd${isBad ? html` class="bad-text"` : ""}>${text}</dd></div>`)}</dl>
${paceChart(total, "All jobs", words, { height: 64, className: "pace" })}
<p class="ends dim small"><span>${span === "hour" ? "an hour ago" : "a day ago"}</span><span>now</span></p>
${isPartial ? html`<p class="dim small">Not all jobs are counted, only the newest 200,000.</p>` : ""}</div>`;
}
