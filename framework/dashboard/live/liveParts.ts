import { createHash } from "node:crypto";
import { type Html, html, markup } from "../html";

/** One row of a live list. */
export interface LiveRow {
  id: string;
  html: Html;
}

/** Collects the parts of a page that change while it is open. Each part is one element with an id. */
export class LiveParts {
  readonly html = new Map<string, string>();
  /** The ids of each list's rows, in order. */
  readonly lists = new Map<string, string[]>();
  #version: string | undefined;

  /** `part` must be one element with this id. */
  part(id: string, part: Html): Html {
    this.html.set(id, String(part));
    return part;
  }

  /** The rows of a list. The element around the rows has this id. */
  list(id: string, rows: readonly LiveRow[]): Html {
    this.lists.set(
      id,
      rows.map((row) => row.id),
    );
    for (const row of rows) this.part(row.id, row.html);
    return html`${rows.map((row) => row.html)}`;
  }

  /**
   * A hash of all parts, once the page is rendered. Relative times don't affect it, because browsers update those
   * themselves.
   */
  version(): string {
    this.#version ??= this.#digest();
    return this.#version;
  }

  #digest(): string {
    const hash = createHash("sha256");
    for (const [id, text] of this.html) hash.update(id).update(" ").update(text).update("\n");
    for (const [id, rows] of this.lists) hash.update(`${id} ${rows.join(" ")}\n`);
    return hash.digest("base64url").slice(0, 16);
  }
}

export const nothing = markup("");
