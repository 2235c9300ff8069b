import { sentence } from "../../doctor/troubleText";
import type { Trouble } from "../../runs/history/health";
import { hasFailed } from "../../runs/ledger/run";
import { printableLine } from "../../text/printable";
import type { StatusRow } from "../../views/statusRows";
import { type Html, html } from "../html";
import type { StripRun } from "../read/lastRuns";
import type { World } from "../read/world";
import { commandLink, runLink, type View } from "../view";
import { actionButton, linkButton } from "./controls";
import { elapsedTime, exactTime } from "./times";

/** What needs attention. Each item is one sentence, with buttons for the actions that help. */
export function attention(world: World, queueTroubles: readonly string[], view: View): Html {
  const items = [
    ...world.status.commands.flatMap((row) => troubleItems(row, world, view)),
    ...(world.status.health ?? [])
      .filter(({ state }) => state === "bad")
      .map(({ message, cure }) => plainItem(sentence(message), cure)),
    ...queueTroubles.map((text) =>
      item(html`${text}`, linkButton(`${view.root}queue`, "Show the queue", "")),
    ),
  ];
  if (items.length === 0) {
    return html`<section id="attention" class="card calm"><p>Nothing needs attention.</p></section>`;
  }
  return html`<section id="attention" class="card attention" aria-label="Needs attention"><ul>${items}</ul></section>`;
}

function troubleItems(row: StatusRow, world: World, view: View): Html[] {
  const runs = world.strips.get(row.name) ?? [];
  return row.troubles
    .filter(({ acknowledged }) => acknowledged === undefined)
    .map((trouble) => {
      const name = html`<a href="${commandLink(view, row.name)}"><b>${row.name}</b></a>`;
      return item(html`${name} ${sentenceOf(trouble, row, runs, view)}`, ...helpFor(trouble, row, view));
    });
}

function sentenceOf(trouble: Trouble, { running }: StatusRow, runs: readonly StripRun[], view: View): Html {
  if (trouble.kind !== "slow" || running === null) return html`${troubleText(trouble, runs, view)}`;
  return html`has been running for ${elapsedTime(running.startedAt, view)}; it ${trouble.text}`;
}

/** What is wrong with a command, such as "failed 4 times in a row since Mon 07:05: connect ECONNREFUSED". */
function troubleText(trouble: Trouble, runs: readonly StripRun[], view: View): string {
  if (!["failed", "timed_out", "lost"].includes(trouble.kind)) return trouble.text;
  const ended = runs.filter(({ state }) => state !== "running" && state !== "skipped");
  const good = ended.findLastIndex((run) => !hasFailed(run));
  const bad = ended.slice(good + 1);
  const cause = printableLine(bad.at(-1)?.cause);
  const row =
    bad.length < 2
      ? trouble.text
      : `${trouble.text}, ${bad.length}${good < 0 && runs.length >= 30 ? " or more" : ""} times in a row since ${exactTime(bad[0]?.startedAt as number, view).slice(0, -3)}`;
  return cause === "" ? row : `${row}: ${cause}`;
}

function helpFor({ kind }: Trouble, { name, last, running }: StatusRow, view: View): Html[] {
  const values = { command: name };
  const acknowledge = actionButton(view, "acknowledge", { text: "Acknowledge", about: name, values });
  if (running !== null && (kind === "slow" || kind === "hanging")) {
    return [
      linkButton(`${runLink(view, running.id)}#log`, "Follow", name),
      actionButton(view, "stop", {
        text: "Stop",
        about: name,
        values: { run: String(running.id) },
        kind: "danger",
      }),
      acknowledge,
    ];
  }
  if (last === null || kind === "overdue") return [acknowledge];
  return [
    linkButton(runLink(view, last.id), "Show run", name),
    actionButton(view, "run", { text: "Run again", about: name, values }),
    acknowledge,
  ];
}

function plainItem(text: string, cure: string | undefined): Html {
  return item(html`${text}${cure === undefined ? "" : html` <span class="dim small">${cure}</span>`}`);
}

function item(text: Html, ...buttons: Html[]): Html {
  return html`<li><p>${text}</p>${buttons.length === 0 ? "" : html`<p class="buttons">${buttons}</p>`}</li>`;
}
