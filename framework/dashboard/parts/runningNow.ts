import { formatDuration } from "../../config/duration";
import type { Run } from "../../runs/ledger/run";
import { type Html, html } from "../html";
import { nothing } from "../live/liveParts";
import type { World } from "../read/world";
import { commandLink, runLink, type View } from "../view";
import { actionButton, linkButton } from "./controls";
import { usual } from "./sparkline";
import { elapsedTime, timeBar } from "./times";

/** What is running, for how long, and how long it usually takes. */
export function runningNow(world: World, running: readonly Run[], view: View): Html {
  if (running.length === 0) return html`<section id="running" hidden></section>`;
  return html`<section id="running"><h2>Running now</h2><ul class="card rows">${running.map((run) => runningRow(world, run, view))}</ul></section>`;
}

function runningRow(world: World, run: Run, view: View): Html {
  const often = usual(world.strips.get(run.name) ?? []);
  const values = { run: String(run.id) };
  return html`<li><p><a href="${commandLink(view, run.name)}"><b>${run.name}</b></a>
<span>${elapsedTime(run.startedAt, view)}</span>
<span class="dim">${often === undefined ? "" : `usually ${formatDuration(often)}`}${run.host === world.host ? "" : ` on ${run.host}`}</span></p>
${often === undefined ? nothing : timeBar(run.startedAt, often, `Time of ${run.name} against what is usual`)}
<p class="buttons">${linkButton(`${runLink(view, run.id)}#log`, "Follow", run.name)}${run.host === world.host ? actionButton(view, "stop", { text: "Stop", about: run.name, values, kind: "danger" }) : nothing}</p></li>`;
}
