import { withTimes } from "../parts/times";
import type { LiveParts } from "./liveParts";
import type { Watcher } from "./watcher";

/** What a browser receives: the parts that changed, and the lists whose order changed. */
export interface Change {
  html: Record<string, string>;
  lists: Record<string, string[]>;
  /** The versions of the page before and after this change. */
  last: string;
  next: string;
}

/** Renders the page again, collecting its parts. */
export type Redraw = () => Promise<LiveParts>;

/** Sends an event to a tab: "ready" once it is up to date, each change, or "reload" if too much has changed. */
export type Send = (event: "ready" | "reload" | Change) => void;

/** One page, open in any number of tabs. Renders once for all of them, and sends only the parts that changed. */
export class LivePage {
  readonly #redraw: Redraw;
  readonly #watcher: Watcher;
  readonly #tabs = new Set<Send>();
  #parts: LiveParts | undefined;
  #stop: (() => void) | undefined;
  #isDrawing = false;
  #isStale = false;

  constructor(redraw: Redraw, watcher: Watcher) {
    this.#redraw = redraw;
    this.#watcher = watcher;
  }

  get isWatched(): boolean {
    return this.#tabs.size > 0;
  }

  /** Adds a tab that shows this version of the page. Returns a function that removes the tab. */
  async add(send: Send, version: string): Promise<() => void> {
    this.#tabs.add(send);
    this.#stop ??= this.#watcher.listen(() => void this.#update());
    try {
      this.#parts ??= await this.#redraw();
    } catch (error) {
      this.#remove(send);
      throw error;
    }
    send("ready");
    if (this.#parts.version() !== version) send("reload");
    return () => this.#remove(send);
  }

  #remove(send: Send): void {
    this.#tabs.delete(send);
    if (this.isWatched) return;
    this.#stop?.();
    this.#stop = undefined;
    this.#parts = undefined;
  }

  /** Renders the page, but never twice at the same time. If something changes meanwhile, renders once more. */
  async #update(): Promise<void> {
    if (this.#isDrawing || this.#parts === undefined) {
      this.#isStale = true;
      return;
    }
    this.#isDrawing = true;
    this.#isStale = false;
    try {
      const before = this.#parts;
      const after = await this.#redraw();
      if (!this.isWatched) return;
      this.#parts = after;
      const change = changeBetween(before, after);
      if (change !== undefined) for (const send of this.#tabs) send(change);
    } catch {
      // The ledger is busy or the queue is unavailable. The next check will render the change.
    } finally {
      this.#isDrawing = false;
    }
    if (this.#isStale) await this.#update();
  }
}

/** The update that takes a tab from `before` to `after`; undefined if nothing changed. */
export function changeBetween(before: LiveParts, after: LiveParts, now = Date.now()): Change | undefined {
  const changed = [...after.html].filter(([id, html]) => before.html.get(id) !== html);
  const lists = [...after.lists].filter(([id, rows]) => before.lists.get(id)?.join("\n") !== rows.join("\n"));
  if (changed.length === 0 && lists.length === 0) return undefined;
  const html = Object.fromEntries(changed.map(([id, text]) => [id, withTimes(text, now)]));
  return { html, lists: Object.fromEntries(lists), last: before.version(), next: after.version() };
}
