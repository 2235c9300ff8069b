import type { DeployedCommand } from "../../metadata/overrides";
import { runningRuns } from "../../runs/history/lastRun";
import { inStatusOrder, needsAttention } from "../../views/statusOrder";
import type { StatusRow } from "../../views/statusRows";
import { type Html, html } from "../html";
import type { LiveRow } from "../live/liveParts";
import { attention } from "../parts/attention";
import { commandRow } from "../parts/commandRow";
import { type Filter, filterBar, filterFrom, isChosen } from "../parts/filterBar";
import { hourStrip } from "../parts/hourStrip";
import { queueCard } from "../parts/queueCard";
import { runningNow } from "../parts/runningNow";
import { queueSentences, readQueue } from "../read/queue";
import { readHours, readWorld, type World } from "../read/world";
import type { Page, View } from "../view";

/** The home page: what needs attention, then what is running or due, then every command. */
export async function homePage(view: View): Promise<Page> {
  const world = readWorld();
  const queue = await readQueue();
  const { live } = view;
  const body = html`<h1 class="unseen">Commands of ${world.app}</h1>
${live.part("attention", attention(world, queueSentences(queue, world), view))}
${live.part("running", runningNow(world, runningRuns(), view))}
<div class="pair"><section><h2>Next 24 hours</h2>${live.part("hours", html`<div class="card" id="hours">${hourStrip(readHours(), notInstalled(world), view)}</div>`)}</section>
${live.part("queue", queueCard(queue, view))}</div>
${commandsSection(world, view)}`;
  return { title: "Commands", place: "commands", body };
}

function commandsSection(world: World, view: View): Html {
  const filter = filterFrom(view.query);
  const rows = inStatusOrder(world.status.commands, "failed");
  const known = new Map(world.commands.map((command) => [command.name, command]));
  const chosen = rows.filter((row) => isChosen(row, known.get(row.name) as DeployedCommand, filter));
  const drawn = (some: readonly StatusRow[]) =>
    some.map((row) => {
      const command = known.get(row.name) as DeployedCommand;
      return commandRow({ row, command, runs: world.strips.get(row.name) ?? [] }, view);
    });
  const bodies = groupsOf(chosen).map(([id, heading, some]) => {
    const rows = drawn(some);
    const all =
      heading === "" || some.length === 0 ? rows : [groupRow(id, `${heading} (${some.length})`), ...rows];
    return html`<tbody id="${id}" data-list>${view.live.list(id, all)}</tbody>`;
  });
  return html`<section aria-labelledby="commands"><h2 id="commands">Commands</h2>
${filterBar(world, filter, rows.filter(needsAttention).length, view)}
<table class="commands card"><thead><tr><td></td><th scope="col">Command</th><th scope="col">Schedule, next</th><th scope="col">Last 30 runs</th><th scope="col">Last run</th><th scope="col">Duration</th><td></td></tr></thead>
${bodies}</table>
<p id="none" class="dim"${chosen.length === 0 ? "" : html` hidden`}>${noneText(world, filter)}</p></section>`;
}

function notInstalled({ status }: World): number {
  return status.commands.filter(({ isScheduled, isInstalled }) => isScheduled && !isInstalled).length;
}

function noneText({ commands }: World, { q, tag, isFailing }: Filter): string {
  if (commands.length === 0)
    return "No commands yet. node laju make:command SendDailyEmails writes the first.";
  return q === "" && tag === "" && isFailing ? "No command needs attention." : "No matching commands.";
}

/**
 * The rows in groups. Commands that are paused, disabled or meant for other environments come last, under a heading
 * that says so.
 */
function groupsOf(rows: readonly StatusRow[]): [id: string, heading: string, rows: StatusRow[]][] {
  const elsewhere = (row: StatusRow) => row.enabled && !row.isMeantHere;
  const isOn = (row: StatusRow) => row.enabled && row.isMeantHere;
  return [
    ["rows", "", rows.filter((row) => isOn(row) && !row.isPaused)],
    ["rows-paused", "Paused", rows.filter((row) => isOn(row) && row.isPaused)],
    ["rows-disabled", "Disabled", rows.filter(({ enabled }) => !enabled)],
    ["rows-elsewhere", "Only in other environments", rows.filter(elsewhere)],
  ];
}

function groupRow(list: string, text: string): LiveRow {
  const id = `${list}-head`;
  return { id, html: html`<tr id="${id}" class="group"><th colspan="7" scope="rowgroup">${text}</th></tr>` };
}
