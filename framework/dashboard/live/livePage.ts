import { type LiveParts, withoutTimes } from "./liveParts";
import type { Watcher } from "./watcher";

/** What browsers are told: the parts that have changed, and the order of lists that have. */
export interface Change {
  html: Record<string, string>;
  lists: Record<string, string[]>;
  /** The version that the page has with it. */
  next: string;
}

/** Draws a page anew, with what it consists of. */
export type Redraw = () => Promise<LiveParts>;

/** Told once it is up to date, and of each change; "reload" where too much has changed to be told. */
export type Tell = (event: "ready" | "reload" | Change) => void;

/** One page that is open in any number of tabs: it is drawn once for all of them, and only what has changed is sent. */
export class LivePage {
  readonly #redraw: Redraw;
  readonly #watcher: Watcher;
  readonly #tabs = new Set<Tell>();
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

  /** Adds a tab that shows this version; returns what takes it away. */
  async add(tell: Tell, version: string): Promise<() => void> {
    this.#tabs.add(tell);
    this.#stop ??= this.#watcher.listen(() => void this.#update());
    try {
      this.#parts ??= await this.#redraw();
    } catch (error) {
      this.#remove(tell);
      throw error;
    }
    tell("ready");
    if (this.#parts.version() !== version) tell("reload");
    return () => this.#remove(tell);
  }

  #remove(tell: Tell): void {
    this.#tabs.delete(tell);
    if (this.isWatched) return;
    this.#stop?.();
    this.#stop = undefined;
    this.#parts = undefined;
  }

  /** One drawing at a time: what changes meanwhile is drawn after it. */
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
      if (change !== undefined) for (const tell of this.#tabs) tell(change);
    } catch {
      // The ledger is busy or the queue away: the next look draws it.
    } finally {
      this.#isDrawing = false;
    }
    if (this.#isStale) await this.#update();
  }
}

/** What tabs with one drawing need to show the other; undefined where nothing changed. */
export function changeBetween(before: LiveParts, after: LiveParts): Change | undefined {
  const changed = [...after.html].filter(([id, html]) => {
    const old = before.html.get(id);
    return old === undefined || withoutTimes(old) !== withoutTimes(html);
  });
  const lists = [...after.lists].filter(([id, rows]) => before.lists.get(id)?.join("\n") !== rows.join("\n"));
  if (changed.length === 0 && lists.length === 0) return undefined;
  return { html: Object.fromEntries(changed), lists: Object.fromEntries(lists), next: after.version() };
}
