import type { SendMailOptions, SentMessageInfo } from "nodemailer";
import { settings } from "../config/config";
import { LajuError } from "../config/errors";
import { readMailboxes } from "../config/mailAddresses";
import { require } from "../config/require";
import { mailRoute } from "./mail/mailRoute";
import { writeToOutbox } from "./mail/outbox";
import { sendBySmtp } from "./mail/smtp";
import { view } from "./View";

/** A mail: nodemailer's fields, plus `view` and `data` as an alternative to `html`. */
export interface Mail extends SendMailOptions {
  /** Renders app/views/NAME.ejs as the HTML part. */
  view?: string;
  data?: object;
}

/**
 * Sends a mail through the server that MAIL_URL, SMTP_HOST or USER_MAILER configures. If none of them is set, writes
 * the mail to data/outbox; in production, throws instead.
 */
async function send(mail: Mail): Promise<SentMessageInfo> {
  checkRecipients(mail);
  const message = withParts(mail);
  const route = mailRoute();
  if (route !== undefined) return sendBySmtp(route, message);
  if (settings().environment !== "production") return writeToOutbox(message);
  throw new LajuError("no mail server is configured, so mail cannot be sent", {
    code: "E_MAIL_UNCONFIGURED",
    hint: "Set MAIL_URL=smtps://user:password@host:465, or SMTP_HOST, SMTP_USER and SMTP_PASS.",
  });
}

/** Sends a plain-text mail. */
export function MailTo({ to, subject, text }: { to: string; subject: string; text: string }) {
  return send({ to, subject, text });
}

export const Mailer = { send };
export default Mailer;

/** Nodemailer silently drops invalid addresses and sends to the rest, so check them first. */
function checkRecipients({ subject, to, cc, bcc, envelope }: Partial<Mail> = {}): void {
  const lists = [to, cc, bcc].filter((one) => one !== undefined && one !== null && one !== "");
  const read = lists.flat(2).map(readRecipient);
  const wrong = read.flatMap((one) => one.wrong);
  const name = JSON.stringify(subject ?? "");
  if (wrong.length > 0) {
    const are = wrong.length === 1 ? "is not a mail address" : "are not mail addresses";
    throw new LajuError(`the mail ${name} was not sent: ${wrong.join(", ")} ${are}`, {
      code: "E_MAIL_RECIPIENT",
      hint: 'Write ops@example.com or "Ops Team <ops@example.com>", and separate several with commas.',
    });
  }
  if (envelope !== undefined || read.some(({ count }) => count > 0)) return;
  throw new LajuError(`the mail ${name} has no recipients in to, cc or bcc`, {
    code: "E_MAIL_RECIPIENT",
    hint: 'Mailer.send({ to: "someone@example.com", subject, text })',
  });
}

/**
 * Reads a string with any number of addresses, or nodemailer's `{ name, address }`. An empty item is an invalid
 * address.
 */
function readRecipient(recipient: unknown): { count: number; wrong: string[] } {
  const address = (recipient as { address?: unknown } | null | undefined)?.address;
  const text = typeof recipient === "string" ? recipient : address;
  if (typeof text !== "string" || text.trim() === "") {
    return { count: 0, wrong: [JSON.stringify(text ?? recipient) ?? String(recipient)] };
  }
  const { mailboxes, wrong } = readMailboxes(text);
  return { count: mailboxes.length, wrong: wrong.map((part) => JSON.stringify(part)) };
}

function withParts({ view: name, data, ...mail }: Mail): SendMailOptions {
  const html = name === undefined ? mail.html : view(name, data);
  const text = mail.text ?? (typeof html === "string" ? textOf(html) : undefined);
  return {
    ...mail,
    from: mail.from ?? sender(),
    ...(html !== undefined && { html }),
    ...(text !== undefined && { text }),
  };
}

/** The plain-text part that some mail programs and all spam filters expect next to the HTML. */
function textOf(html: string): string {
  const { convert } = require("html-to-text") as { convert(html: string, options: object): string };
  return convert(html, {
    selectors: [
      { selector: "img", format: "skip" },
      { selector: "a", options: { hideLinkHrefIfSameAsText: true } },
    ],
  });
}

function sender(): string | { name: string; address: string } {
  const { fromName, fromAddress, gmailUser, user } = settings().mail;
  const address = fromAddress ?? gmailUser ?? (user?.includes("@") ? user : undefined) ?? "laju@localhost";
  return fromName === undefined ? address : { name: fromName, address };
}
