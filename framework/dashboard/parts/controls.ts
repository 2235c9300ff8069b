import { type Html, html } from "../html";
import { nothing } from "../live/liveParts";
import { actionLink, type View } from "../view";

/** A link that looks like a button. `about` is for screen readers, if several links on the page have the same text. */
export function linkButton(href: string, text: string, about: string, kind = ""): Html {
  return html`<a class="button${kind && ` ${kind}`}" href="${href}">${text}<span class="unseen"> ${about}</span></a>`;
}

/** A button that leads to the confirmation page. Empty for visitors who are not allowed to act. */
export function actionButton(
  view: View,
  action: string,
  {
    text,
    about,
    values,
    kind = "",
  }: { text: string; about: string; values: Record<string, string>; kind?: string },
): Html {
  return view.canAct ? linkButton(actionLink(view, action, values), text, about, kind) : nothing;
}
