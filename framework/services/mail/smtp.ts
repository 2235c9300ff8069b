import type { SendMailOptions, SentMessageInfo, Transporter } from "nodemailer";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import { allowsPlaintextLogin, type MailRoute, transportOptions } from "./mailRoute";

/**
 * Time limits in milliseconds. By default, nodemailer waits two minutes for a connection and ten minutes for a reply.
 */
const timeouts = {
  dnsTimeout: 5000,
  connectionTimeout: 5000,
  greetingTimeout: 10_000,
  socketTimeout: 30_000,
};

/**
 * How long after the last mail to close the connections, in milliseconds: an open connection keeps the process alive.
 */
const idleTime = 200;

let transporter: Transporter | undefined;
let inFlight = 0;
let idleTimer: NodeJS.Timeout | undefined;

/** Consecutive mails share connections, because each new connection costs a TLS handshake and a login. */
export async function sendBySmtp(route: MailRoute, message: SendMailOptions): Promise<SentMessageInfo> {
  clearTimeout(idleTimer);
  transporter ??= openTransporter(route);
  inFlight++;
  try {
    const sent = await transporter.sendMail(message);
    if (sent.rejected !== undefined && sent.rejected.length > 0) throw refusal(message, sent);
    return sent;
  } catch (error) {
    if (error instanceof LajuError) throw error;
    throw error.rejectedErrors?.length > 0 ? refusal(message, error) : describeMailError(route, error);
  } finally {
    inFlight--;
    if (inFlight === 0) idleTimer = setTimeout(closeTransporter, idleTime);
  }
}

function openTransporter(route: MailRoute): Transporter {
  const { createTransport } = require("nodemailer") as typeof import("nodemailer");
  return createTransport({ pool: true, ...timeouts, ...transportOptions(route) } as never);
}

function closeTransporter(): void {
  transporter?.close();
  transporter = undefined;
}

/** The recipients in nodemailer's result, or in its error if all of them were rejected. */
interface Recipients {
  accepted?: Address[];
  rejected?: Address[];
  rejectedErrors?: (Error & { response?: string })[];
}

type Address = string | { address: string };

/**
 * The error for a refused mail. Also names the recipients who got the mail, so that the caller can leave them out of a
 * retry.
 */
function refusal(
  { subject }: SendMailOptions,
  { accepted = [], rejected = [], rejectedErrors = [] }: Recipients,
): Error {
  const addresses = (list: Address[]) => list.map((one) => (typeof one === "string" ? one : one.address));
  const [delivered, refused] = [addresses(accepted), addresses(rejected)];
  const reasons = [...new Set(rejectedErrors.map(({ response, message }) => response ?? message))].join("; ");
  const others = delivered.length === 0 ? "nobody received it" : `it was sent to ${delivered.join(", ")}`;
  const error = new LajuError(
    `the mail ${JSON.stringify(subject ?? "")} was refused for ${refused.join(", ")} (${reasons}); ${others}`,
    {
      code: "E_MAIL_REFUSED",
      hint: "error.accepted and error.rejected list the addresses.",
      cause: rejectedErrors.length === 1 ? rejectedErrors[0] : new AggregateError(rejectedErrors),
    },
  );
  return Object.assign(error, { accepted: delivered, rejected: refused });
}

const unreachable = ["ECONNECTION", "ESOCKET", "EDNS", "ETIMEDOUT", "ECONNREFUSED", "ETLS"];

/** Explains connection and login errors. The server's answers about a mail itself pass through unchanged. */
export function describeMailError(route: MailRoute, error: Error & { code?: string }): Error {
  const place = `the mail server ${route.host}:${route.port} (${route.variable})`;
  if (error.code === "EAUTH") {
    return new LajuError(`${place} rejected the login of ${route.auth?.user}`, {
      code: "E_MAIL_LOGIN",
      hint: "Check the user and password. Gmail requires an app password.",
      cause: error,
    });
  }
  if (error.code === "ETLS" && route.auth !== undefined && !allowsPlaintextLogin(route)) {
    return new LajuError(`${place} cannot be used over TLS, so the login was not sent: ${error.message}`, {
      code: "E_MAIL_TLS",
      hint: "Use smtps:// (port 465) or a server with STARTTLS. MAIL_INSECURE_LOGIN=true sends the login unencrypted.",
      cause: error,
    });
  }
  if (error.code === undefined || !unreachable.includes(error.code)) return error;
  return new LajuError(`${place} cannot be used: ${error.message}`, {
    code: "E_MAIL_CONNECT",
    hint: "Check the host, the port, and that smtps:// (or SMTP_SECURE) matches the port: 465 is TLS, 587 STARTTLS.",
    cause: error,
  });
}
