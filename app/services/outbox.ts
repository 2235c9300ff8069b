import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SendMailOptions, SentMessageInfo } from "nodemailer";
import { paths } from "../config";
import { logInfo } from "./Logger";
import { require } from "./require";

/** In development, and wherever no mail server is configured, a mail is a file that a mail program opens. */
export async function writeToOutbox(message: SendMailOptions): Promise<SentMessageInfo> {
  const { createTransport } = require("nodemailer") as typeof import("nodemailer");
  const transporter = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const sent = await transporter.sendMail({ ...message, keepBcc: true } as SendMailOptions);
  const folder = join(paths.data, "outbox");
  mkdirSync(folder, { recursive: true });
  const file = writeNew(folder, message.subject ?? "", sent.message as Buffer);
  logInfo("Mail written to the outbox", { to: sent.envelope.to, subject: message.subject, file });
  return { ...sent, message: undefined, accepted: sent.envelope.to, rejected: [], file };
}

/** Names sort by time; a number is added where the name is taken already. */
function writeNew(folder: string, subject: string, content: Buffer): string {
  const time = new Date().toISOString().replace(/[:.]/g, "-");
  const words = subject
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  for (let attempt = 1; ; attempt++) {
    const file = join(
      folder,
      `${[time, words || "mail"].join("-")}${attempt === 1 ? "" : `-${attempt}`}.eml`,
    );
    try {
      writeFileSync(file, content, { flag: "wx" });
      return file;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
}
