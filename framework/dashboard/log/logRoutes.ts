import { setTimeout } from "node:timers/promises";
import type { Context, Hono } from "hono";
import type { Run } from "../../runs/ledger/run";
import { eventStream, type Listener } from "../live/eventStream";
import { runAt } from "../pages/run";
import { logLines } from "./logLines";
import { linesAfter, logOf } from "./readLog";

/** How often a followed log is read, in milliseconds. */
const pauseMs = 300;
const beatMs = 20_000;

/** The routes for following a log from the page's script, and for downloading it. */
export function addLogRoutes(app: Hono): void {
  app.get("/runs/:id{[0-9]+}/tail", (context: Context) => {
    const run = runAt(context.req.param("id") ?? "");
    if (run === undefined) return context.notFound();
    const after = Number(context.req.header("last-event-id") ?? context.req.query("after"));
    return eventStream(context, (listener) => Promise.race([follow(run, after, listener), listener.gone]));
  });

  app.get("/runs/:id{[0-9]+}/log.txt", (context: Context) => {
    const run = runAt(context.req.param("id") ?? "");
    const body = run === undefined ? undefined : wholeLog(run);
    if (run === undefined || body === undefined) return context.notFound();
    const name = `${run.name.replaceAll(/[^\w.-]/g, "-")}-${run.id}.log`;
    return context.body(body, 200, {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
    });
  });
}

/** Sends each complete line to the page, until the run has ended and all of its output has been sent. */
async function follow(run: Run, after: number, { send, isGone }: Listener): Promise<void> {
  let position = Number.isFinite(after) ? after : 0;
  let silentSince = Date.now();
  while (!isGone()) {
    // Read the state before the output, so that nothing written before the run's end is missed.
    const now = runAt(String(run.id)) ?? { ...run, state: "lost" as const };
    const log = logOf(now);
    const window = log && linesAfter(now, log, position);
    if (window !== undefined && window.lines.length > 0) {
      position = window.to;
      const html = String(logLines(window.lines.map((line) => ({ line }))));
      await send("lines", JSON.stringify(html), String(position));
      silentSince = Date.now();
      continue;
    }
    if (now.state !== "running") return send("end", "");
    if (Date.now() - silentSince > beatMs) {
      await send("beat", "");
      silentSince = Date.now();
    }
    await setTimeout(pauseMs);
  }
}

/** Streams the log as fast as the client reads, because a log can be larger than memory. */
function wholeLog(run: Run): ReadableStream<Uint8Array> | undefined {
  const log = logOf(run);
  if (log === undefined) return undefined;
  let position = log.from;
  return new ReadableStream({
    pull(controller) {
      const window = linesAfter({ ...run, state: "succeeded" }, log, position);
      if (window.to <= position) return controller.close();
      position = window.to;
      return controller.enqueue(Buffer.concat(window.lines));
    },
  });
}
