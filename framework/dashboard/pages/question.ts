import type { LajuError } from "../../config/errors";
import { tokenPlaceholder } from "../access/formToken";
import type { Question } from "../actions/action";
import { html } from "../html";
import type { Page, View } from "../view";

/** A confirmation page. If the action was attempted and failed, the page also shows why. */
export function questionPage(
  { title, text, fields, button, isDanger, back }: Question,
  view: View,
  problem?: LajuError,
): Page {
  const why =
    problem === undefined
      ? ""
      : html`<p class="card attention" role="alert">${problem.message}${problem.hint ? html` <span class="dim">${problem.hint}</span>` : ""}</p>`;
  const body = html`<h1>${title}</h1>
${why}
<div class="card question"><p>${text}</p>
<form method="post" action="?${String(view.query)}"><input type="hidden" name="token" value="${tokenPlaceholder}">
${fields ?? ""}
<p class="buttons"><button class="${isDanger ? "danger" : "primary"}">${button}</button> <a class="button" href="${view.root}${back}">Cancel</a></p></form></div>`;
  return { title, place: "none", body };
}

/** The page shown instead of the confirmation page if the action is not possible. */
export function problemPage({ message, hint }: LajuError, { root }: View): Page {
  const body = html`<h1>This cannot be done</h1>
<div class="card question"><p role="alert">${message}${hint ? html` <span class="dim">${hint}</span>` : ""}</p>
<p class="buttons"><a class="button" href="${root}">Back to all commands</a></p></div>`;
  return { title: "This cannot be done", place: "none", body };
}
