import type { Context } from "hono";
import { formToken, tokenPlaceholder } from "../access/formToken";
import type { Visitor } from "../access/visitor";
import { eventStream, type Listener } from "./eventStream";
import { type Change, LivePage, type Redraw } from "./livePage";
import { tabSender } from "./tabSender";
import { Watcher } from "./watcher";

/**
 * How often an event is sent if nothing changes, in milliseconds. Proxies close a connection that is silent for a
 * minute.
 */
const heartbeatMs = 20_000;
/**
 * The maximum number of pages to keep up to date at the same time, for everyone and for one visitor. Other tabs poll.
 */
const maxPages = 100;
const maxPagesOfVisitor = 50;

/** All pages that are open in browsers, and the watcher that they share. */
export class LiveStreams {
  readonly #watcher = new Watcher();
  /** The open pages, each with the session of the visitor who opened it first. */
  readonly #pages = new Map<string, { page: LivePage; session: string }>();
  readonly #formKey: Buffer;

  constructor(formKey: Buffer) {
    this.#formKey = formKey;
  }

  /** Responds with the changes of a page for as long as the browser listens. */
  open(context: Context, address: string, redraw: Redraw): Response {
    const visitor = context.get("visitor") as Visitor;
    const version = context.req.query("version") ?? "";
    const key = `${visitor.canAct} ${address}`;
    if (!this.#pages.has(key) && this.#isFullFor(visitor)) {
      return context.text("Too many pages are open.\n", 503);
    }
    return eventStream(context, (listener) => this.#serve(listener, { key, visitor, version, redraw }));
  }

  #isFullFor({ session }: Visitor): boolean {
    const own = [...this.#pages.values()].filter((one) => one.session === session).length;
    return this.#pages.size >= maxPages || own >= maxPagesOfVisitor;
  }

  async #serve({ send, gone }: Listener, { key, visitor, version, redraw }: Tab): Promise<void> {
    const known = this.#pages.get(key);
    const page = known?.page ?? new LivePage(redraw, this.#watcher);
    if (known === undefined) this.#pages.set(key, { page, session: visitor.session });
    const tell = tabSender(send);
    const heartbeat = setInterval(() => tell("beat", () => ""), heartbeatMs);
    let remove: (() => void) | undefined;
    try {
      remove = await page.add((event) => {
        if (typeof event === "string") tell(event, () => "");
        else tell("change", () => this.#textOf(event, visitor));
      }, version);
      await gone;
    } finally {
      clearInterval(heartbeat);
      remove?.();
      if (!page.isWatched) this.#pages.delete(key);
    }
  }

  /** Inserts the visitor's own token into the forms. */
  #textOf(change: Change, visitor: Visitor): string {
    const text = JSON.stringify(change);
    return text.includes(tokenPlaceholder)
      ? text.replaceAll(tokenPlaceholder, formToken(this.#formKey, visitor))
      : text;
  }
}

/** A tab that wants to stay up to date, and the version it shows. */
interface Tab {
  key: string;
  visitor: Visitor;
  version: string;
  redraw: Redraw;
}
