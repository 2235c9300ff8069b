import { actionsOn } from "../../runs/ledger/actions";
import { type Html, html } from "../html";
import type { View } from "../view";
import { agoTime } from "./times";

const shown = 10;

/** What people did to a command or a job type in the dashboard. */
export function changesOf(subject: string, view: View): Html {
  const actions = actionsOn(subject, shown);
  if (actions.length === 0) return html`<section id="changes" hidden></section>`;
  return html`<section id="changes"><h2>Done here</h2><ul class="card plain">${actions.map(
    ({ at, who, action, details }) =>
      html`<li><b>${who}</b> ${pasts[action] ?? action} it ${agoTime(at, view)}${details === null ? "" : html`: <span class="dim">${details}</span>`}</li>`,
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
};
