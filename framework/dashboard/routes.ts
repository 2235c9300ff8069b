import { basename } from "node:path";
import { type Context, Hono, type Next } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import { LajuError } from "../config/errors";
import { hostClock } from "../host/hostClock";
import type { Access } from "./access/access";
import { formToken, tokenPlaceholder } from "./access/formToken";
import { safeHeaders } from "./access/headers";
import type { Visitor } from "./access/visitor";
import { addActionRoutes } from "./actions/actionRoutes";
import { noticeOf } from "./actions/notices";
import { assetNamed, readAssets } from "./assets/assets";
import { html } from "./html";
import { LiveParts } from "./live/liveParts";
import { LiveStreams } from "./live/stream";
import { addLogRoutes } from "./log/logRoutes";
import { layout } from "./pages/layout";
import { pageAt } from "./pages/pages";
import { withTimes } from "./parts/times";
import { addProgramRoutes, isForPrograms } from "./programs/programRoutes";
import { readWorld } from "./read/world";
import { sendPage } from "./sendPage";
import type { Page, View } from "./view";

export interface AppOptions {
  access: Access;
  /** The path under which the pages are served, such as "/laju". A proxy may strip it. */
  basePath: string;
  isReadOnly: boolean;
  /** Adds handlers that run before all others, such as the host check and the sign-in. */
  addFirst?(app: Hono): void;
}

/** The maximum size of a request, in bytes: more than any of our forms sends. */
const maxBytes = 100_000;

/** The dashboard's routes. */
export function dashboardApp({ access, basePath, isReadOnly, addFirst }: AppOptions): Hono {
  const app = new Hono({ getPath: (request: Request) => innerPath(request.url, basePath) });
  const streams = new LiveStreams(access.formKey);
  app.use("*", async (context: Context, next: Next) => {
    for (const [name, value] of Object.entries(safeHeaders)) context.header(name, value);
    await next();
  });
  app.use("*", compress());
  // Limit the size of requests before identifying visitors, so that people without access can't exhaust the memory.
  const onError = (context: Context) => context.text("This request is too large.\n", 413);
  app.use("*", bodyLimit({ maxSize: maxBytes, onError }));
  app.onError((error: Error, context: Context) => {
    if (error instanceof LajuError) {
      const lines = [error.message, error.hint].filter(Boolean).join("\n");
      return context.text(`${lines}\n`, error.exitStatus === 2 ? 400 : 503);
    }
    console.error(error);
    return context.text("Internal error. See the dashboard's log.\n", 500);
  });
  app.get("/healthz", (context: Context) => context.text("up\n"));
  app.get(missingSlash, (context: Context) => context.redirect(`${basename(basePath)}/`, 308));
  addFirst?.(app);

  app.use("*", async (context: Context, next: Next) => {
    const visitor = await allowedVisitor(context);
    if (visitor === undefined) return access.refusal(context);
    context.set("visitor", visitor);
    // A page can stay open for days, and its visitor may sign out or lose access in that time.
    context.set("isStillIn", async () => (await allowedVisitor(context))?.canAct === visitor.canAct);
    return next();
  });

  app.get("/assets/:name", (context: Context) => {
    const asset = assetNamed(context.req.param("name") ?? "");
    if (asset === undefined) return context.notFound();
    context.header("cache-control", "private, max-age=31536000, immutable");
    return context.body(asset.text, 200, { "content-type": asset.type });
  });

  addProgramRoutes(app);
  addLogRoutes(app);
  addActionRoutes(app, {
    formKey: access.formKey,
    viewFor(context: Context) {
      const { path, query } = placeOf(context);
      return viewOf(path, query, context.get("visitor") as Visitor);
    },
    show: (context: Context, page, view) => shownPage(context, page, view, context.get("visitor") as Visitor),
  });

  app.get("/events", (context: Context) => {
    const visitor = context.get("visitor") as Visitor;
    const address = (context.req.query("page") ?? "").slice(0, 1_000);
    const [path = "", query] = address.split("?");
    return streams.open(context, address, async () => {
      const view = viewOf(path, new URLSearchParams(query), visitor);
      await pageAt(path, view);
      return view.live;
    });
  });

  app.get("*", async (context: Context) => {
    const visitor = context.get("visitor") as Visitor;
    const { path, query } = placeOf(context);
    const view = viewOf(path, query, visitor);
    const page = await pageAt(path, view);
    if (page === undefined) return sendPage(context, shownPage(context, notFound, view, visitor), 404);
    return sendPage(context, shownPage(context, page, view, visitor));
  });

  async function allowedVisitor(context: Context): Promise<Visitor | undefined> {
    const visitor = await access.visitorOf(context);
    if (visitor === undefined || (visitor.isProgram && !isForPrograms(context.req.path))) return undefined;
    return { ...visitor, canAct: visitor.canAct && !isReadOnly };
  }

  function shownPage(context: Context, page: Page, view: View, visitor: Visitor): string {
    const { style, script, logScript } = readAssets();
    const scripts = page.hasLog ? [script.name, logScript.name] : [script.name];
    const { app: name, host } = readWorld();
    const { path, query } = placeOf(context);
    const notice = noticeOf(query.get("said"));
    query.delete("said");
    const own = query.size === 0 ? path : `${path}?${query}`;
    const frame = { app: name, host, visitor, path: own, style: style.name, scripts, notice };
    const whole = withTimes(String(layout(page, view, frame)), view.clock.now.getTime());
    return whole.replaceAll(tokenPlaceholder, () => formToken(access.formKey, visitor));
  }

  return app;
}

/** The path of a request relative to the home page, without a leading slash. */
export function placeOf(context: Context): { path: string; query: URLSearchParams } {
  return { path: context.req.path.slice(1), query: new URL(context.req.url).searchParams };
}

export function viewOf(path: string, query: URLSearchParams, { canAct }: Pick<Visitor, "canAct">): View {
  return { root: rootFrom(path), query, clock: hostClock(), canAct, live: new LiveParts() };
}

/** The relative path from a page to the home page. */
export function rootFrom(path: string): string {
  return "../".repeat(path.split("/").length - 1) || "./";
}

/** The path for a URL that ends at the base path without a slash. No page has this path. */
const missingSlash = "/%00";

/** Strips the base path, unless a proxy has stripped it already. */
function innerPath(url: string, basePath: string): string {
  const { pathname } = new URL(url);
  if (basePath === "" || !pathname.startsWith(basePath)) return pathname;
  const rest = pathname.slice(basePath.length);
  if (rest === "") return missingSlash;
  return rest.startsWith("/") ? rest : pathname;
}

const notFound: Page = {
  title: "Not found",
  place: "none",
  body: html`<h1>Not found</h1><p>There is nothing at this address.</p>`,
};
