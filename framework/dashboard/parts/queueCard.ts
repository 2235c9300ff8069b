import { counted } from "../../text/counted";
import { aliveWorkers } from "../../views/queue/queueState";
import { type Html, html } from "../html";
import type { QueueLook } from "../read/queue";
import type { View } from "../view";

const maxTypes = 4;

/**
 * An overview of the queue; empty in apps without one. With `isAlone`, omits the heading, because the page around it
 * has one.
 */
export function queueCard({ state, problem }: QueueLook, view: View, { isAlone = false } = {}): Html {
  if (state === undefined && problem === undefined) return html`<section id="queue" hidden></section>`;
  if (state === undefined) {
    return html`<section id="queue"><h2>Queue</h2><div class="card"><p class="dim">${problem}</p></div></section>`;
  }
  const { pending, parked, scheduled, processing, failed } = state.total;
  const workers = aliveWorkers(state).length;
  const numbers: [count: number, label: string, isBad: boolean][] = [
    [pending + parked, "ready", false],
    [processing, `running, ${workers === 1 ? "1 worker" : `${workers} workers`}`, false],
    [failed, "failed", failed > 0],
    [scheduled, "scheduled", false],
  ];
  const busiest = [...state.types].sort((a, b) => open(b) - open(a)).filter((type) => open(type) > 0);
  const more = busiest.length > maxTypes ? ` and ${busiest.length - maxTypes} more` : "";
  const types = busiest.slice(0, maxTypes).map((type) => `${type.type} ${counted(open(type))}`);
  return html`<section id="queue">${isAlone ? "" : html`<h2><a href="${view.root}queue">Queue</a></h2>`}<div class="card">
<dl class="figures">${numbers.map(([count, label, isBad]) => html`<div><dt>${label}</dt><dd${isBad ? html` class="bad-text"` : ""}>${counted(count)}</dd></div>`)}</dl>
<p class="dim small">${types.length === 0 ? "Nothing to do." : `${types.join(" · ")}${more}`}</p></div></section>`;
}

function open({
  pending,
  parked,
  processing,
}: {
  pending: number;
  parked: number;
  processing: number;
}): number {
  return pending + parked + processing;
}
