import { settings } from "../../config/config";

/** How to reach a mail server, and the variable that configures it. */
export interface MailRoute {
  variable: "MAIL_URL" | "SMTP_HOST" | "USER_MAILER";
  host: string;
  port: number;
  /** TLS from the first byte; otherwise STARTTLS if the server offers it. */
  secure: boolean;
  auth: { user: string; pass: string } | undefined;
  /** nodemailer options from MAIL_URL's query string. */
  options: Record<string, unknown>;
}

/** nodemailer's options for a route. A login requires TLS, since an attacker can strip STARTTLS from the server's offer. */
export function transportOptions(route: MailRoute): Record<string, unknown> {
  const { host, port, secure, auth, options } = route;
  const requireTLS = needsTls(route) && { requireTLS: true, ignoreTLS: false, opportunisticTLS: false };
  return { ...options, host, port, secure, ...(auth && { auth }), ...requireTLS };
}

/** Whether the login may be sent without TLS: to this machine, or if MAIL_INSECURE_LOGIN is set. */
export function allowsPlaintextLogin({ host }: MailRoute): boolean {
  return isLoopback(host) || settings().mail.insecureLogin;
}

function needsTls(route: MailRoute): boolean {
  return route.auth !== undefined && !route.secure && !allowsPlaintextLogin(route);
}

export function isLoopback(host: string): boolean {
  return host.toLowerCase() === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The route to the configured mail server; undefined if none is configured. */
export function mailRoute(): MailRoute | undefined {
  const { url, host, port, user, password, secure, gmailUser, gmailPassword } = settings().mail;
  if (url !== undefined) return urlRoute(new URL(url));
  if (host !== undefined) {
    const isSecure = secure ?? port === 465;
    const auth = user === undefined ? undefined : { user, pass: password ?? "" };
    return {
      variable: "SMTP_HOST",
      host,
      port: port ?? (isSecure ? 465 : 587),
      secure: isSecure,
      auth,
      options: {},
    };
  }
  if (gmailUser === undefined || gmailPassword === undefined) return undefined;
  const auth = { user: gmailUser, pass: gmailPassword };
  return { variable: "USER_MAILER", host: "smtp.gmail.com", port: 465, secure: true, auth, options: {} };
}

function urlRoute(url: URL): MailRoute {
  const secure = url.protocol === "smtps:";
  const user = decodeURIComponent(url.username);
  return {
    variable: "MAIL_URL",
    // URLs put IPv6 addresses in brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    auth: user === "" ? undefined : { user, pass: decodeURIComponent(url.password) },
    options: queryOptions(url.searchParams),
  };
}

/** Parses `?requireTLS=true&tls.rejectUnauthorized=false` as nodemailer does. */
function queryOptions(query: URLSearchParams): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  const tls: Record<string, unknown> = {};
  for (const [name, text] of query) {
    const value =
      text === "true" ? true : text === "false" ? false : /^\d+$/.test(text) ? Number(text) : text;
    if (name.startsWith("tls.")) tls[name.slice(4)] = value;
    else options[name] = value;
  }
  return Object.keys(tls).length > 0 ? { ...options, tls } : options;
}
