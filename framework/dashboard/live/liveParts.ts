import { createHash } from "node:crypto";
import { type Html, html, markup } from "../html";

/** One row of a list that is kept up to date. */
export interface LiveRow {
  id: string;
  html: Html;
}

/** Notes the parts of a page that change while it is open: each is one element, known by its id. */
export class LiveParts {
  readonly html = new Map<string, string>();
  /** The rows of each list, in their order. */
  readonly lists = new Map<string, string[]>();

  /** `part` is one element that has this id. */
  part(id: string, part: Html): Html {
    this.html.set(id, String(part));
    return part;
  }

  /** The rows of a list; what is around them is the element with this id. */
  list(id: string, rows: readonly LiveRow[]): Html {
    this.lists.set(
      id,
      rows.map((row) => row.id),
    );
    for (const row of rows) this.part(row.id, row.html);
    return html`${rows.map((row) => row.html)}`;
  }

  /** What all of it comes to: equal for two renderings that differ in relative times alone, which browsers count on. */
  version(): string {
    const hash = createHash("sha256");
    for (const [id, text] of this.html) hash.update(`${id} ${withoutTimes(text)}\n`);
    for (const [id, rows] of this.lists) hash.update(`${id} ${rows.join(" ")}\n`);
    return hash.digest("base64url").slice(0, 16);
  }
}

/** "41m ago" is not a change. */
export function withoutTimes(text: string): string {
  return text
    .replaceAll(/(<time\b[^>]*>)[^<]*/g, "$1")
    .replaceAll(/<(progress|meter)\b[^>]*data-since[^>]*>/g, "");
}

export const nothing = markup("");
