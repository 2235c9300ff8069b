import type { Context, Hono, Next } from "hono";
import { formatDuration } from "../../config/duration";
import { readAssets } from "../assets/assets";
import { bouncePage, signInPage } from "../pages/signIn";
import { submittedForm } from "../submittedForm";
import { isCrossSite } from "./formToken";
import { withStyleNonce } from "./headers";
import type { OwnAccess } from "./own";

/** Rejects unknown hosts, and signs people in with the password or the URL printed at start-up. */
export function addSignIn(app: Hono, access: OwnAccess, { name }: { name: string }): void {
  app.use("*", async (context: Context, next: Next) => {
    if (access.isKnownHost(context)) return next();
    const hint = "Unknown host name. Add it to DASHBOARD_HOSTS to allow it.\n";
    return context.text(hint, 421);
  });

  app.get("/", async (context: Context, next: Next) => {
    const token = context.req.query("token");
    if (token === undefined || access.hasPassword) return next();
    if (access.signIn(context, token, "").isIn) return context.redirect("./", 303);
    return show(context, "", "The token in this URL is outdated or wrong.", 403);
  });

  app.get("/login", (context: Context) => show(context, context.req.query("to") ?? "", undefined, 200));

  app.post("/login", async (context: Context) => {
    if (isCrossSite(context.req.raw.headers))
      return context.text("Requests from other sites' pages are not accepted.\n", 403);
    const { secret = "", name: visitor = "", to = "" } = await submittedForm(context);
    const { isIn, waitMs } = access.signIn(context, secret, visitor);
    if (isIn) return context.redirect(`./${isWithin(to) ? to : ""}`, 303);
    if (waitMs > 0) return show(context, to, waitText(waitMs), 429);
    return show(context, to, access.hasPassword ? "Wrong password." : "Wrong token.", 403);
  });

  app.post("/logout", (context: Context) => {
    if (isCrossSite(context.req.raw.headers))
      return context.text("Requests from other sites' pages are not accepted.\n", 403);
    access.signOut(context);
    return context.redirect("./login", 303);
  });

  function show(
    context: Context,
    to: string,
    problem: string | undefined,
    status: 200 | 403 | 429,
  ): Response {
    const { nonce, policy } = withStyleNonce();
    context.header("content-security-policy", policy);
    const style = readAssets().style.text;
    const page = signInPage({ app: name, hasPassword: access.hasPassword, to, problem, style, nonce });
    return context.html(String(page), status);
  }
}

/** Redirects browsers to the sign-in page, and rejects every other client. */
export function askToSignIn(context: Context, { root, path }: { root: string; path: string }): Response {
  const isPage = context.req.method === "GET" && (context.req.header("accept") ?? "").includes("text/html");
  if (!isPage) return context.text("Not signed in.\n", 401);
  const site = context.req.header("sec-fetch-site");
  // Browsers omit same-site cookies when the visitor followed a link on another site, such as a chat.
  if (
    (site === "cross-site" || site === "same-site") &&
    context.req.header("sec-fetch-mode") === "navigate"
  ) {
    return context.html(String(bouncePage()));
  }
  return context.redirect(`${root}login${path === "" ? "" : `?${new URLSearchParams({ to: path })}`}`, 303);
}

/** Whether this is a path of the dashboard, not another site. */
function isWithin(to: string): boolean {
  return /^[\w%-][\w%./-]*(\?[\w%.=&+*/-]*)?$/.test(to) && !to.includes("//") && !to.includes("..");
}

function waitText(ms: number): string {
  return `Too many failed attempts. Try again in ${formatDuration(Math.ceil(ms / 60_000) * 60_000)}.`;
}
