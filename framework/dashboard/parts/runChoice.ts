import type { RunState } from "../../runs/ledger/run";
import { offsetAt } from "../../schedule/times/timezones";
import { type Html, html } from "../html";
import { type RunChoice, runsOnPage } from "../read/runPage";
import type { View } from "../view";

/** The results by which a list can be filtered, in everyday words. */
const results: Record<string, readonly RunState[]> = {
  failed: ["failed", "timed_out", "lost"],
  succeeded: ["succeeded"],
  running: ["running"],
  skipped: ["skipped"],
};

const dayMs = 86_400_000;

/** The runs selected by a page's URL. */
export function choiceFrom({ query, clock }: View): RunChoice {
  const before = Number(query.get("before"));
  const asked = query.get("result") ?? "";
  const from = dayStart(query.get("from"), clock.hostTimezone);
  const to = dayStart(query.get("to"), clock.hostTimezone);
  return {
    name: query.get("name") || undefined,
    states: Object.hasOwn(results, asked) ? (results[asked] as readonly RunState[]) : [],
    from,
    to: to === undefined ? undefined : to + dayMs,
    before: Number.isSafeInteger(before) && before > 0 ? before : undefined,
  };
}

/** The form that changes the selection. `address` is the page's relative path without its query. */
export function choiceForm(
  { query }: View,
  { address, names }: { address: string; names?: readonly string[] },
): Html {
  const chosen = query.get("result") ?? "";
  const options = ["", ...Object.keys(results)].map(
    (name) =>
      html`<option value="${name}"${name === chosen ? html` selected` : ""}>${name === "" ? "all" : name}</option>`,
  );
  const dates = ["from", "to"].map(
    (name) =>
      html`<label>${name === "from" ? "From" : "To"} <input type="date" name="${name}" value="${query.get(name) ?? ""}"></label>`,
  );
  const name =
    names === undefined
      ? ""
      : html`<label>Command <select name="name"><option value="">all</option>${names.map((one) => html`<option${one === query.get("name") ? html` selected` : ""}>${one}</option>`)}</select></label>`;
  return html`<form class="choice" method="get" action="${address}">${name}<label>Result <select name="result">${options}</select></label>${dates}<button>Show</button></form>`;
}

/** A link to older runs, if there are more than fit on the page. */
export function olderLink(runs: readonly { id: number }[], { query }: View, address: string): Html {
  const last = runs[runsOnPage - 1];
  if (runs.length <= runsOnPage || last === undefined) return html``;
  const next = new URLSearchParams(query);
  next.set("before", String(last.id));
  return html`<p class="pages"><a class="button" href="${address}?${String(next)}">Older runs</a></p>`;
}

/** When a day begins in the host's time zone; undefined for an invalid date. */
function dayStart(text: string | null, timezone: string): number | undefined {
  const [, date] = /^(\d{4}-\d\d-\d\d)$/.exec(text ?? "") ?? [];
  const utc = date === undefined ? Number.NaN : Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(utc)) return undefined;
  return utc - offsetAt(timezone, Math.floor(utc / 60_000)) * 60_000;
}
