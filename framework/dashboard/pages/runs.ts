import { recordedNames } from "../../runs/history/findRuns";
import { html } from "../html";
import { choiceForm, choiceFrom, olderLink } from "../parts/runChoice";
import { runTable } from "../parts/runTable";
import { readRunPage, runsOnPage } from "../read/runPage";
import type { Page, View } from "../view";

/** The runs of all commands. */
export function runsPage(view: View): Page {
  const runs = readRunPage(choiceFrom(view));
  const body = html`<h1>Runs</h1>
${choiceForm(view, { address: "runs", names: recordedNames() })}
${runTable(runs.slice(0, runsOnPage), view)}
${olderLink(runs, view, "runs")}`;
  return { title: "Runs", place: "runs", body };
}
