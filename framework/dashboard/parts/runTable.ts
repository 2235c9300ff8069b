import { formatDuration } from "../../config/duration";
import { runNote } from "../../runs/history/runText";
import { hasFailed, type Run } from "../../runs/ledger/run";
import { printableLine } from "../../text/printable";
import { type Html, html } from "../html";
import type { LiveRow } from "../live/liveParts";
import { commandLink, runLink, type View } from "../view";
import { agoTime, elapsedTime, exactTime } from "./times";

/** Runs as a table, newest first. With `isOfOne`, all runs belong to one command, so the table omits its name. */
export function runTable(runs: readonly Run[], view: View, { isOfOne = false } = {}): Html {
  const rows = runs.map((run) => runRow(run, view, isOfOne));
  return html`<table class="card runs-table"><thead><tr><td></td><th scope="col">Run</th>${isOfOne ? "" : html`<th scope="col">Command</th>`}<th scope="col">Started</th><th scope="col" class="number">Took</th><th scope="col">Message</th></tr></thead>
<tbody id="run-rows" data-list>${view.live.list("run-rows", rows)}</tbody></table>
${view.live.part("no-runs", html`<p id="no-runs" class="dim"${runs.length > 0 ? html` hidden` : ""}>No matching runs.</p>`)}`;
}

function runRow(run: Run, view: View, isOfOne: boolean): LiveRow {
  const id = `r-${run.id}`;
  const took =
    run.state === "running"
      ? elapsedTime(run.startedAt, view)
      : (run.durationMs ?? -1) < 0
        ? ""
        : formatDuration(run.durationMs as number);
  const name = isOfOne ? "" : html`<td><a href="${commandLink(view, run.name)}">${run.name}</a></td>`;
  return {
    id,
    html: html`<tr id="${id}" class="${dotClass(run)}"><td class="dot"><span role="img" aria-label="${run.state.replace("_", " ")}"></span></td>
<th scope="row"><a href="${runLink(view, run.id)}">${run.id}</a></th>${name}
<td class="nowrap">${exactTime(run.startedAt, view)}<span class="more">${agoTime(run.startedAt, view)}</span></td>
<td class="number">${took}</td>
<td class="says">${endingText(run)}${noteOf(run)}</td></tr>`,
  };
}

export function dotClass(run: Pick<Run, "state">): string {
  if (run.state === "running") return "is-now";
  if (hasFailed(run)) return "is-bad";
  return run.state === "skipped" ? "is-idle" : "is-good";
}

/** How a run ended, such as "exit 1" or "timed out, retry 2"; empty for a success. */
export function endingText({ state, exitStatus, attempt, lostOutput }: Run): string {
  const ending = state === "failed" ? `exit ${exitStatus ?? "unknown"}` : state.replace("_", " ");
  return [
    state === "succeeded" || state === "running" ? "" : ending,
    attempt > 1 ? `retry ${attempt - 1}` : "",
    lostOutput === null ? "" : "output lost",
  ]
    .filter(Boolean)
    .join(", ");
}

function noteOf(run: Run): Html {
  const note = printableLine(runNote(run)).slice(0, 200);
  return html`${note === "" ? "" : html`<span class="more">${note}</span>`}`;
}
