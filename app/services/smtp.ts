import type { SendMailOptions, SentMessageInfo, Transporter } from "nodemailer";
import { LajuError } from "../errors";
import type { MailRoute } from "./mailRoute";
import { require } from "./require";

/** Nodemailer waits two minutes for a server, and ten for a silent one. */
const timeouts = {
  dnsTimeout: 5000,
  connectionTimeout: 5000,
  greetingTimeout: 10_000,
  socketTimeout: 30_000,
};

/** An open connection keeps the process alive, so it is closed this soon (ms) after the last mail. */
const idleTime = 200;

let transporter: Transporter | undefined;
let underway = 0;
let idleTimer: NodeJS.Timeout | undefined;

/** Mails sent one after the other share their connections: each new one costs a TLS handshake and a login. */
export async function sendBySmtp(route: MailRoute, message: SendMailOptions): Promise<SentMessageInfo> {
  clearTimeout(idleTimer);
  transporter ??= openTransporter(route);
  underway++;
  try {
    return await transporter.sendMail(message);
  } catch (error) {
    throw describe(route, error);
  } finally {
    underway--;
    if (underway === 0) idleTimer = setTimeout(closeTransporter, idleTime);
  }
}

function openTransporter({ host, port, secure, auth, options }: MailRoute): Transporter {
  const { createTransport } = require("nodemailer") as typeof import("nodemailer");
  const server = { host, port, secure, ...(auth && { auth }) };
  return createTransport({ pool: true, ...timeouts, ...options, ...server } as never);
}

function closeTransporter(): void {
  transporter?.close();
  transporter = undefined;
}

const unreachable = ["ECONNECTION", "ESOCKET", "EDNS", "ETIMEDOUT", "ECONNREFUSED", "ETLS"];

/** What the server says of a mail passes as it is; that there is no server, or no login, is told by name. */
function describe(route: MailRoute, error: Error & { code?: string }): Error {
  const place = `the mail server ${route.host}:${route.port} (${route.variable})`;
  if (error.code === "EAUTH") {
    return new LajuError(`${place} refuses the login of ${route.auth?.user}`, {
      code: "E_MAIL_LOGIN",
      hint: "Check the user and the password; Gmail wants an app password.",
      cause: error,
    });
  }
  if (error.code === undefined || !unreachable.includes(error.code)) return error;
  return new LajuError(`${place} cannot be used: ${error.message}`, {
    code: "E_MAIL_CONNECT",
    hint: "Check the host, the port, and that smtps:// (or SMTP_SECURE) fits the port: 465 is TLS, 587 STARTTLS.",
    cause: error,
  });
}
