import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { untilOut } from "./untilOut";

/** A browser that listens for server-sent events. */
export interface Listener {
  /** Resolves once the browser has taken the event, or is gone. */
  send(event: string, data: string, id?: string): Promise<void>;
  isGone(): boolean;
  /** Resolves once the browser is gone or its visitor has lost access. */
  gone: Promise<void>;
}

/** Responds with server-sent events until `serve` has ended or the visitor has lost access. */
export function eventStream(context: Context, serve: (listener: Listener) => Promise<void>): Response {
  context.header("x-accel-buffering", "no");
  // Nobody reads the body of a response to HEAD, so nothing would ever end its stream.
  if (context.req.method === "HEAD") {
    return context.body(null, 200, { "content-type": "text/event-stream" });
  }
  return streamSSE(context, async (stream: Stream) => {
    const isGone = () => stream.aborted || stream.closed;
    const aborted = new Promise<void>((resolve) => stream.onAbort(resolve));
    // If the check itself fails, treat the visitor as having lost access.
    const gone = Promise.race([aborted, untilOut(context, isGone).catch(() => {})]);
    await serve({
      send: (event, data, id) => stream.writeSSE({ event, data, ...(id !== undefined && { id }) }),
      isGone,
      gone,
    });
  });
}

interface Stream {
  aborted: boolean;
  closed: boolean;
  onAbort(listener: () => void): void;
  writeSSE(message: { event: string; data: string; id?: string }): Promise<void>;
}
