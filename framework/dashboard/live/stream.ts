import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { formToken, tokenPlaceholder } from "../access/formToken";
import type { Visitor } from "../access/visitor";
import { type Change, LivePage, type Redraw } from "./livePage";
import { untilOut } from "./untilOut";
import { Watcher } from "./watcher";

/** Proxies close a connection that is silent for a minute. */
const heartbeatMs = 20_000;
/** The most pages kept up to date at the same time. */
const maxPages = 200;

/** All open pages, and one watcher for all of them. */
export class LiveStreams {
  readonly #watcher = new Watcher();
  readonly #pages = new Map<string, LivePage>();
  readonly #formKey: Buffer;

  constructor(formKey: Buffer) {
    this.#formKey = formKey;
  }

  /** Responds with the changes of a page for as long as the browser listens. */
  open(context: Context, address: string, redraw: Redraw): Response {
    const visitor = context.get("visitor") as Visitor;
    const version = context.req.query("version") ?? "";
    const key = `${visitor.canAct} ${address}`;
    const page = this.#pages.get(key) ?? new LivePage(redraw, this.#watcher);
    if (this.#pages.size >= maxPages && !this.#pages.has(key)) return context.text("Too many pages.\n", 503);
    this.#pages.set(key, page);
    context.header("x-accel-buffering", "no");
    return streamSSE(context, async (stream: Stream) => {
      const gone = new Promise<void>((resolve) => stream.onAbort(resolve));
      const send = (event: string, data: string) => void stream.writeSSE({ event, data }).catch(() => {});
      const remove = await page.add(
        (event) =>
          typeof event === "string" ? send(event, "") : send("change", this.#textOf(event, visitor)),
        version,
      );
      const heartbeat = setInterval(() => send("beat", ""), heartbeatMs);
      await Promise.race([gone, untilOut(context, () => stream.aborted)]);
      clearInterval(heartbeat);
      remove();
      if (!page.isWatched) this.#pages.delete(key);
    });
  }

  /** Inserts the visitor's own token into the forms. */
  #textOf(change: Change, visitor: Visitor): string {
    const text = JSON.stringify(change);
    return text.includes(tokenPlaceholder)
      ? text.replaceAll(tokenPlaceholder, formToken(this.#formKey, visitor))
      : text;
  }
}

interface Stream {
  aborted: boolean;
  onAbort(listener: () => void): void;
  writeSSE(message: { event: string; data: string }): Promise<void>;
}
