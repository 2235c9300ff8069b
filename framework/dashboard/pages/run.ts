import { formatDuration } from "../../config/duration";
import { findRun, findRunByIdOrKey } from "../../runs/history/findRuns";
import { countsText, lossText } from "../../runs/history/runText";
import { actionOfRun } from "../../runs/ledger/actions";
import { hasFailed, type Run } from "../../runs/ledger/run";
import { withoutInternalFrames } from "../../services/log/ownFrames";
import { usedText } from "../../views/runList";
import { type Html, html } from "../html";
import { nothing } from "../live/liveParts";
import { actionButton } from "../parts/controls";
import { logView } from "../parts/logView";
import { dotClass } from "../parts/runTable";
import { usual } from "../parts/sparkline";
import { agoTime, elapsedTime, exactTime } from "../parts/times";
import { readWorld } from "../read/world";
import { commandLink, type Page, runLink, type View } from "../view";

/** The page of one run, with its output. */
export async function runPage(view: View, called: string): Promise<Page | undefined> {
  const run = findRunByIdOrKey(called);
  if (run === undefined) return undefined;
  const body = html`${view.live.part("run", summary(run, view))}
<h2>Log</h2>
${await logView(run, view)}`;
  return { title: `${run.name}, run ${run.id}`, place: "runs", body, hasLog: true };
}

function summary(run: Run, view: View): Html {
  const errors: [string, string | null][] = [
    ["Error", run.error && withoutInternalFrames(run.error)],
    [run.error === null ? "Error it logged" : "Logged before it", run.loggedError],
  ];
  return html`<div id="run"><div class="title"><div><h1><a href="${commandLink(view, run.name)}">${run.name}</a> <span class="dim">run ${run.id}</span></h1>
<p class="${dotClass(run)} state"><span class="dot"><span></span></span>${stateText(run, view)}</p></div>
<p class="buttons">${buttons(run, view)}</p></div>
<dl class="facts card">${factsOf(run, view).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${errors.map(([label, text]) => (text === null || text === "" ? nothing : html`<h2>${label}</h2><pre class="error" tabindex="0">${text}</pre>`))}</div>`;
}

function stateText(run: Run, view: View): Html {
  const { state, exitStatus, durationMs, startedAt } = run;
  if (state === "running") return html`running for ${elapsedTime(startedAt, view)}`;
  const ending = exitStatus === null ? "" : `, exit ${exitStatus}`;
  return html`${state.replace("_", " ")}${ending}${durationMs === null ? "" : ` after ${formatDuration(durationMs)}`}`;
}

function factsOf(run: Run, view: View): [string, string | Html][] {
  const often = usual(readWorld().strips.get(run.name) ?? []);
  const by = actionOfRun(run.key);
  const first = run.retryOf === null ? undefined : findRunByIdOrKey(run.retryOf);
  const facts: [string, string | Html | null | undefined][] = [
    [
      "Started",
      html`${exactTime(run.startedAt, view)} ${view.clock.hostTimezone} <span class="dim">${agoTime(run.startedAt, view)}</span>`,
    ],
    ["Finished", run.finishedAt === null ? null : exactTime(run.finishedAt, view)],
    ["Usually", often === undefined ? null : formatDuration(often)],
    ["Started by", by?.who],
    [
      "Attempt",
      run.attempt > 1
        ? html`${run.attempt}${first === undefined ? "" : html`, after <a href="${runLink(view, first.id)}">run ${first.id}</a>`}`
        : null,
    ],
    ["Host", `${run.host}, pid ${run.pid}`],
    ["Arguments", run.args.length === 0 ? null : html`<code>${run.args.join(" ")}</code>`],
    ["Message", run.message],
    ["Counts", countsText(run)],
    ["Used", usedText(run)],
    ["Output", run.lostOutput && lossText(run.lostOutput)],
  ];
  return facts.filter((fact): fact is [string, string | Html] => fact[1] != null && fact[1] !== "");
}

function buttons(run: Run, view: View): Html {
  const { name, id } = run;
  const about = `${name}, run ${id}`;
  const { commands, host } = readWorld();
  if (run.state === "running") {
    // A run on another host can't be stopped from here.
    if (run.host !== host) return nothing;
    return actionButton(view, "stop", { text: "Stop", about, values: { run: String(id) }, kind: "danger" });
  }
  const isKnown = commands.some((command) => command.name === name);
  if (!isKnown) return nothing;
  const text = hasFailed(run) ? "Retry" : "Run again";
  return actionButton(view, "again", { text, about, values: { run: String(id) } });
}

/** An existing run, by the id in a URL. */
export function runAt(id: string): Run | undefined {
  return /^\d{1,15}$/.test(id) ? findRun(Number(id)) : undefined;
}
