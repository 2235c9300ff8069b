import type { SendMailOptions } from "nodemailer";
import type { WrittenMail } from "../../services/mail/outbox";

/** A mail that the code under test sent, as the real Mailer rendered and composed it. */
export interface CaughtMail {
  /** Addresses as shown in the mail: `ada@example.com`, or `Ada <ada@example.com>, bob@example.com`. */
  from: string;
  to: string;
  cc: string;
  bcc: string;
  replyTo: string;
  /** The addresses of all recipients, without names. */
  recipients: string[];
  subject: string;
  text: string;
  html: string | undefined;
  attachments: CaughtAttachment[];
  /** The complete message, as sent to a mail server. */
  source: string;
}

export interface CaughtAttachment {
  filename: string | undefined;
  content: string | Buffer | undefined;
  path: string | undefined;
  contentType: string | undefined;
}

export function caughtMail({ message, recipients, source }: WrittenMail): CaughtMail {
  return {
    from: addressText(message.from),
    to: addressText(message.to),
    cc: addressText(message.cc),
    bcc: addressText(message.bcc),
    replyTo: addressText(message.replyTo),
    recipients,
    subject: message.subject ?? "",
    text: partText(message.text) ?? "",
    html: partText(message.html),
    attachments: (message.attachments ?? []).map(attachment),
    source: source.toString(),
  };
}

function addressText(given: unknown): string {
  if (given === undefined || given === null) return "";
  if (Array.isArray(given)) return given.map(addressText).join(", ");
  if (typeof given === "string") return given;
  const { name, address } = given as { name?: string; address?: string };
  return name ? `${name} <${address}>` : String(address);
}

/** The text of a part. A part given as a stream is only in `source`, because composing the mail consumed the stream. */
function partText(part: SendMailOptions["text"]): string | undefined {
  if (typeof part === "string") return part;
  return Buffer.isBuffer(part) ? part.toString() : undefined;
}

type GivenAttachment = NonNullable<SendMailOptions["attachments"]>[number];

function attachment({ filename, content, path, contentType }: GivenAttachment): CaughtAttachment {
  return {
    filename: filename || undefined,
    content: typeof content === "string" || Buffer.isBuffer(content) ? content : undefined,
    path: path === undefined ? undefined : String(path),
    contentType,
  };
}
