import type { Context, Hono } from "hono";
import { LajuError } from "../../config/errors";
import { listRuns } from "../../runs/history/findRuns";
import { jsonText } from "../../text/jsonText";
import { printable } from "../../text/printable";
import { listRows } from "../../views/commandList";
import { readStates } from "../../views/queue/jobStates";
import { runAt } from "../pages/run";
import { openQueue, readQueue } from "../read/queue";
import { readHours, readWorld } from "../read/world";
import { metricsText } from "./metrics";

/** Whether a path is one of those to which the metrics token gives access. */
export function isForPrograms(path: string): boolean {
  return path === "/metrics" || path.startsWith("/api/");
}

const maxRows = 1_000;

/** Adds the routes for programs, which return the same rows as the verbs' `--json`. */
export function addProgramRoutes(app: Hono): void {
  const json = (context: Context, value: unknown) =>
    context.body(jsonText(value), 200, { "content-type": "application/json; charset=utf-8" });

  app.get("/metrics", async (context: Context) =>
    context.body(await metricsText(Date.now()), 200, {
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
    }),
  );
  app.get("/api/commands", (context: Context) => {
    const { commands, clock, environment, isInstalled } = readWorld();
    return json(context, listRows(commands, clock, { next: 0, environment, isInstalled }));
  });
  app.get("/api/status", async (context: Context) => {
    const { status } = readWorld();
    const { state = null } = await readQueue();
    return json(context, { ...status, queue: state });
  });
  app.get("/api/timeline", (context: Context) => json(context, readHours()));
  app.get("/api/runs", (context: Context) => {
    const name = context.req.query("name");
    const since = timeIn(context, "since");
    const runs = listRuns({
      ...(name !== undefined && { name }),
      failed: isSetIn(context, "failed"),
      ...(since !== undefined && { since }),
      limit: limitOf(context),
    });
    return json(context, runs);
  });
  app.get("/api/runs/:id{[0-9]+}", (context: Context) => {
    const run = runAt(context.req.param("id") ?? "");
    return run === undefined ? context.json({ error: "there is no such run" }, 404) : json(context, run);
  });
  app.get("/api/queue", async (context: Context) => json(context, (await readQueue()).state ?? null));
  app.get("/api/jobs", async (context: Context) => {
    if ((await readQueue()).state === undefined) return json(context, []);
    const [state, type] = [context.req.query("state"), context.req.query("type")];
    const engine = await openQueue();
    const filter = { ...(state && { states: readStates(state) }), ...(type && { types: [type] }) };
    return json(context, await engine.list({ ...filter, limit: limitOf(context) }));
  });
}

function limitOf(context: Context): number {
  const limit = Number(context.req.query("limit") ?? 20);
  if (Number.isSafeInteger(limit) && limit > 0) return Math.min(limit, maxRows);
  throw invalid(context, "limit", "a number such as 20");
}

function timeIn(context: Context, name: string): number | undefined {
  const text = context.req.query(name);
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw invalid(context, name, "a time such as 2026-11-30T08:00Z");
}

function isSetIn(context: Context, name: string): boolean {
  const text = context.req.query(name) ?? "false";
  if (text === "true" || text === "false") return text === "true";
  throw invalid(context, name, "true or false");
}

/** The error for an invalid filter. Ignoring the filter would return other rows than the program asked for. */
function invalid(context: Context, name: string, wanted: string): LajuError {
  const message = `${name}=${printable(context.req.query(name) ?? "")} is not ${wanted}`;
  return new LajuError(message, { code: "E_USAGE", exitStatus: 2 });
}
