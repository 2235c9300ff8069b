import { type Action, actionsOfKinds, actionsOn } from "../../runs/ledger/actions";
import { type Html, html } from "../html";
import type { View } from "../view";
import { agoTime } from "./times";

const shown = 10;

/** The changes that people made to a command in the dashboard. */
export function changesOf(command: string, view: View): Html {
  return changesSection(actionsOn(command, shown), () => html`it`, view);
}

/** The changes that people made to the queue in the dashboard. */
export function changesIn(kinds: readonly string[], view: View): Html {
  return changesSection(
    actionsOfKinds(kinds, shown),
    ({ subject }) => html`${subject === "*" ? "all types" : subject}`,
    view,
  );
}

function changesSection(actions: readonly Action[], subjectOf: (action: Action) => Html, view: View): Html {
  if (actions.length === 0) return html`<section id="changes" hidden></section>`;
  return html`<section id="changes"><h2>Changes made here</h2><ul class="card plain">${actions.map(
    (action) =>
      html`<li><b>${action.who}</b> ${pasts[action.action] ?? action.action} ${subjectOf(action)} ${agoTime(action.at, view)}${action.details === null ? "" : html`: <span class="dim">${action.details.slice(0, 500)}</span>`}</li>`,
  )}</ul></section>`;
}

const pasts: Record<string, string> = {
  run: "ran",
  again: "ran again",
  stop: "stopped",
  pause: "paused",
  resume: "resumed",
  enable: "enabled",
  disable: "disabled",
  acknowledge: "acknowledged what is wrong with",
  retry: "retried jobs of",
  cancel: "canceled jobs of",
  "pause-type": "paused",
  "resume-type": "resumed",
};
