import { userInfo } from "node:os";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { type DashboardSettings, paths } from "../../config/config";
import { warn } from "../../process/output";
import type { Access } from "./access";
import { addressList, clientAddress, connectionOf } from "./connection";
import { isKnownHost } from "./hosts";
import { knownBrowserMaxAge, knownBrowsers } from "./knownBrowser";
import { dashboardToken, isSameSecret, keyFor, signature } from "./secret";
import { Sessions } from "./session";
import { type Attempt, Tries } from "./tries";
import type { Visitor } from "./visitor";

/**
 * The access of `node laju dashboard`: a password or the URL's token, a session, or a proxy that
 * authenticates users.
 */
export interface OwnAccess extends Access {
  /** Whether visitors sign in with a password instead of the token. */
  hasPassword: boolean;
  isKnownHost(context: Context): boolean;
  /**
   * Signs a visitor in with the password or the token. `waitMs` is how long the visitor has to wait before the next
   * attempt.
   */
  signIn(context: Context, secret: string, name: string): { isIn: boolean; waitMs: number };
  signOut(context: Context): void;
}

const maxName = 60;

export function ownAccess(settings: DashboardSettings, { basePath }: { basePath: string }): OwnAccess {
  const token = dashboardToken();
  const secret = settings.password ?? token;
  const sessions = new Sessions(keyFor("sessions", `${token} ${secret}`));
  const tries = new Tries();
  const browsers = knownBrowsers(token);
  const isProxy = addressList(settings.proxyAddresses);
  // A separate cookie for each app, because browsers send a host's cookies to all of its ports.
  const cookie = `laju_${signature(keyFor("cookie", ""), paths.data).slice(0, 8)}`;
  const browserCookie = `${cookie}_browser`;

  function visitorOf(context: Context): Visitor | undefined {
    return proxyUser(context) ?? sessionUser(context) ?? bearer(context);
  }

  function proxyUser(context: Context): Visitor | undefined {
    const { proxyHeader } = settings;
    if (proxyHeader === undefined || !isProxy(connectionOf(context).peer)) return undefined;
    const name = context.req.header(proxyHeader)?.trim().slice(0, 200);
    return name ? { name, session: `proxy ${name}`, canAct: true } : undefined;
  }

  function sessionUser(context: Context): Visitor | undefined {
    const session = sessions.read(getCookie(context, cookie));
    if (session === undefined) return undefined;
    if (session.isAging) giveCookie(context, sessions.cookieOf(session.name, session.id));
    return { name: session.name, session: session.id, canAct: true, hasSession: true };
  }

  /**
   * The visitor for a program that sends the metrics token. Wrong tokens are not counted: nobody can guess a token of
   * this length, and one program with an outdated token would lock out everybody else at its address.
   */
  function bearer(context: Context): Visitor | undefined {
    const given = /^Bearer (\S+)$/.exec(context.req.header("authorization") ?? "")?.[1];
    if (given === undefined || settings.metricsToken === undefined) return undefined;
    if (!isSameSecret(given, settings.metricsToken)) return undefined;
    return { name: "a program", session: "bearer", canAct: false, isProgram: true };
  }

  function giveCookie(context: Context, text: string): void {
    setCookie(context, cookie, text, { ...cookieOptions(context), maxAge: Sessions.maxAge });
  }

  function cookieOptions(context: Context) {
    // A client that forges X-Forwarded-Proto affects only its own connection.
    const isSecure = context.req.header("x-forwarded-proto") === "https";
    return { httpOnly: true, sameSite: "Strict", secure: isSecure, path: `${basePath}/` } as const;
  }

  function checkPassword(context: Context, given: string): { isIn: boolean; waitMs: number } {
    const address = clientAddress(context, isProxy);
    const knownBrowser = browsers.idIn(getCookie(context, browserCookie));
    const attempt = { address, knownBrowser };
    const waitMs = tries.waitMsOf(attempt);
    if (waitMs > 0) return { isIn: false, waitMs };
    if (!isSameSecret(given, secret)) {
      if (tries.fail(attempt)) warn(lockedOutText(attempt, context));
      return { isIn: false, waitMs: 0 };
    }
    tries.succeed(attempt);
    return { isIn: true, waitMs: 0 };
  }

  function rememberBrowser(context: Context): void {
    const text = browsers.cookieOf(browsers.idIn(getCookie(context, browserCookie)));
    setCookie(context, browserCookie, text, { ...cookieOptions(context), maxAge: knownBrowserMaxAge });
  }

  return {
    formKey: keyFor("forms", token),
    hasPassword: settings.password !== undefined,
    visitorOf,
    refusal: (context: Context) => context.text("Not signed in.\n", 401),
    isKnownHost: (context: Context) => {
      const localAddress = connectionOf(context).local;
      return isKnownHost({ host: context.req.header("host"), localAddress }, settings.hosts);
    },
    signIn(context: Context, given: string, name: string) {
      // Nobody can guess a token of this length, so wrong tokens are not counted.
      const answer = settings.password
        ? checkPassword(context, given)
        : { isIn: isSameSecret(given, secret), waitMs: 0 };
      if (!answer.isIn) return answer;
      const shown = name.trim().slice(0, maxName);
      giveCookie(context, sessions.cookieOf(shown || (settings.password ? "somebody" : userInfo().username)));
      if (settings.password) rememberBrowser(context);
      return answer;
    },
    signOut(context: Context) {
      sessions.end(getCookie(context, cookie));
      deleteCookie(context, cookie, { path: `${basePath}/` });
    },
  };
}

/** The warning in the dashboard's own log, for its operator. */
function lockedOutText({ address, knownBrowser }: Attempt, context: Context): string {
  if (knownBrowser !== undefined)
    return `too many wrong passwords from a known browser at ${address}. It has to wait 15 minutes`;
  const isForwarded = context.req.header("x-forwarded-for") !== undefined;
  const hint = isForwarded ? `. If ${address} is a proxy, add it to DASHBOARD_PROXY_ADDRESSES` : "";
  return `too many wrong passwords from ${address}. Browsers that have not signed in before have to wait 15 minutes${hint}`;
}
