import type { DeployedCommand } from "../../metadata/overrides";
import { needsAttention } from "../../views/statusOrder";
import type { StatusRow } from "../../views/statusRows";
import { type Html, html } from "../html";
import type { World } from "../read/world";
import type { View } from "../view";

/** Which commands the table shows. The page's URL contains these choices. */
export interface Filter {
  q: string;
  tag: string;
  isFailing: boolean;
}

const maxTags = 12;

export function filterFrom(query: URLSearchParams): Filter {
  return {
    q: (query.get("q") ?? "").slice(0, 100),
    tag: query.get("tag") ?? "",
    isFailing: query.get("show") === "failing",
  };
}

export function isChosen(row: StatusRow, command: DeployedCommand, { q, tag, isFailing }: Filter): boolean {
  if (isFailing && !needsAttention(row)) return false;
  if (tag !== "" && !command.tags.includes(tag)) return false;
  const text = `${command.name} ${command.description} ${command.tags.join(" ")}`.toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function filterBar({ commands }: World, filter: Filter, failing: number, view: View): Html {
  const { q, tag, isFailing } = filter;
  const isAll = tag === "" && !isFailing;
  const failingChip = html`<a id="failing" class="chip" href="${view.root}?show=failing"${isFailing ? html` aria-current="true"` : ""}>Failing ${failing}</a>`;
  return html`<div class="filters"><nav aria-label="Which commands" class="chips">
<a class="chip" href="${view.root}"${isAll ? html` aria-current="true"` : ""}>All ${commands.length}</a>
${view.live.part("failing", failingChip)}
${tagsOf(commands, tag).map((one) => html`<a class="chip" href="${view.root}?${String(new URLSearchParams({ tag: one }))}"${one === tag ? html` aria-current="true"` : ""}>${one}</a>`)}
</nav><form role="search" action="${view.root}" method="get"><label class="unseen" for="q">Filter commands</label>
${tag === "" ? "" : html`<input type="hidden" name="tag" value="${tag}">`}${isFailing ? html`<input type="hidden" name="show" value="failing">` : ""}
<input id="q" name="q" type="search" value="${q}" placeholder="Filter&hellip;  /" data-filter="rows" autocomplete="off"></form></div>`;
}

/** The most frequent tags, and the selected one. */
function tagsOf(commands: readonly DeployedCommand[], chosen: string): string[] {
  const counts = new Map<string, number>();
  for (const tag of commands.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, maxTags);
  const names = frequent.map(([tag]) => tag);
  return chosen === "" || names.includes(chosen) ? names : [...names, chosen];
}
