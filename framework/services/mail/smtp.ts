import type { SendMailOptions, SentMessageInfo, Transporter } from "nodemailer";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import { type MailRoute, mayLogInPlainly, transportOptions } from "./mailRoute";

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
    const sent = await transporter.sendMail(message);
    if (sent.rejected !== undefined && sent.rejected.length > 0) throw refusal(message, sent);
    return sent;
  } catch (error) {
    if (error instanceof LajuError) throw error;
    throw error.rejectedErrors?.length > 0 ? refusal(message, error) : describeMailError(route, error);
  } finally {
    underway--;
    if (underway === 0) idleTimer = setTimeout(closeTransporter, idleTime);
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

/** What nodemailer says of recipients, in the answer as in the error when it has none left. */
interface Recipients {
  accepted?: Address[];
  rejected?: Address[];
  rejectedErrors?: (Error & { response?: string })[];
}

type Address = string | { address: string };

/** Who has the mail is said too: whoever sends it again to all would send it to these twice. */
function refusal(
  { subject }: SendMailOptions,
  { accepted = [], rejected = [], rejectedErrors = [] }: Recipients,
): Error {
  const addresses = (list: Address[]) => list.map((one) => (typeof one === "string" ? one : one.address));
  const [has, lacks] = [addresses(accepted), addresses(rejected)];
  const reasons = [...new Set(rejectedErrors.map(({ response, message }) => response ?? message))].join("; ");
  const others = has.length === 0 ? "nobody has it" : `it was sent to ${has.join(", ")}`;
  const error = new LajuError(
    `the mail ${JSON.stringify(subject ?? "")} was refused for ${lacks.join(", ")} (${reasons}); ${others}`,
    {
      code: "E_MAIL_REFUSED",
      hint: "error.accepted and error.rejected list the addresses.",
      cause: rejectedErrors.length === 1 ? rejectedErrors[0] : new AggregateError(rejectedErrors),
    },
  );
  return Object.assign(error, { accepted: has, rejected: lacks });
}

const unreachable = ["ECONNECTION", "ESOCKET", "EDNS", "ETIMEDOUT", "ECONNREFUSED", "ETLS"];

/** What the server says of a mail passes as it is; that there is no server, or no login, is told by name. */
export function describeMailError(route: MailRoute, error: Error & { code?: string }): Error {
  const place = `the mail server ${route.host}:${route.port} (${route.variable})`;
  if (error.code === "EAUTH") {
    return new LajuError(`${place} refuses the login of ${route.auth?.user}`, {
      code: "E_MAIL_LOGIN",
      hint: "Check the user and the password; Gmail wants an app password.",
      cause: error,
    });
  }
  if (error.code === "ETLS" && route.auth !== undefined && !mayLogInPlainly(route)) {
    return new LajuError(`${place} cannot be used over TLS, so the login is not sent: ${error.message}`, {
      code: "E_MAIL_TLS",
      hint: "Use smtps:// (port 465) or a server with STARTTLS. MAIL_INSECURE_LOGIN=true sends the login unencrypted.",
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
