import type { DeployedCommand } from "../../metadata/overrides";
import { recordedNames } from "../../runs/history/findRuns";
import { pauseOf, pauseText } from "../../runs/supervision/pause";
import { needsAttention } from "../../views/statusOrder";
import type { StatusRow } from "../../views/statusRows";
import { type Html, html } from "../html";
import { nothing } from "../live/liveParts";
import { changesOf } from "../parts/changes";
import { commandCharts } from "../parts/commandCharts";
import { commandFacts } from "../parts/commandFacts";
import { actionButton } from "../parts/controls";
import { choiceForm, choiceFrom, olderLink } from "../parts/runChoice";
import { runTable } from "../parts/runTable";
import { exactTime } from "../parts/times";
import { readRunPage, runsOnPage } from "../read/runPage";
import { readWorld } from "../read/world";
import type { Page, View } from "../view";

/** The page of one command. A removed command has a page too, with its history. */
export function commandPage(view: View, path: string): Page | undefined {
  const name = path.split("/").map(decoded).join("/");
  const world = readWorld();
  const command = world.commands.find((one) => one.name === name);
  const row = world.status.commands.find((one) => one.name === name);
  if (command === undefined && !recordedNames().includes(name)) return undefined;
  const strip = world.strips.get(name) ?? [];
  const address = name.split("/").at(-1) as string;
  const runs = readRunPage({ ...choiceFrom(view), name });
  const body = html`${view.live.part("command", head(name, command, row, view))}
${command === undefined ? nothing : commandFacts(command, world, view)}
<h2>History</h2>
${view.live.part("charts", commandCharts(name, strip, view))}
<h2 id="runs">Runs</h2>
${choiceForm(view, { address: `${address}#runs` })}
${runTable(runs.slice(0, runsOnPage), view, { isOfOne: true })}
${olderLink(runs, view, address)}
${view.live.part("changes", changesOf(name, view))}`;
  return { title: name, place: "commands", body };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function head(
  name: string,
  command: DeployedCommand | undefined,
  row: StatusRow | undefined,
  view: View,
): Html {
  const text =
    command === undefined
      ? html`<p class="dim">This command no longer exists. Its runs are still recorded.</p>`
      : html`<p class="dim">${command.description}</p>`;
  return html`<div id="command" class="title"><div><h1>${name}</h1>${text}${stateText(name, row, view)}</div>
<p class="buttons">${row === undefined ? nothing : buttons(row, view)}</p></div>`;
}

function stateText(name: string, row: StatusRow | undefined, view: View): Html {
  const pause = pauseOf(name, view.clock.now.getTime());
  const lines = [
    ...(row?.troubles ?? []).map(({ text, acknowledged }) =>
      acknowledged === undefined
        ? html`<p class="bad-text">It ${text}.</p>`
        : html`<p class="dim">It ${text}; acknowledged ${exactTime(acknowledged.at, view)}${acknowledged.reason === null ? "" : `: ${acknowledged.reason}`}</p>`,
    ),
    row !== undefined && !row.enabled
      ? html`<p><span class="tag">disabled</span> Its schedule does not start it.</p>`
      : nothing,
    pause === undefined ? nothing : html`<p><span class="tag">paused</span> ${pauseText(pause)}</p>`,
    row?.isMeantHere === false
      ? html`<p><span class="tag">elsewhere</span> It runs only in ${row.environments?.join(", ")}.</p>`
      : nothing,
  ];
  return html`${lines}`;
}

function buttons(row: StatusRow, view: View): Html[] {
  const { name, running, isPaused, enabled } = row;
  const button = (action: string, text: string, kind = "") =>
    actionButton(view, action, { text, about: name, values: { command: name }, kind });
  return [
    running === null ? button("run", "Run now", "primary") : button("stop", "Stop", "danger"),
    needsAttention(row) ? button("acknowledge", "Acknowledge") : nothing,
    isPaused ? button("resume", "Resume") : button("pause", "Pause"),
    enabled ? button("disable", "Disable") : button("enable", "Enable"),
  ];
}
