import { closeSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SendMailOptions, SentMessageInfo } from "nodemailer";
import { paths } from "../../config/config";
import { require } from "../../config/require";
import { makeFolder } from "../../files/makeFolder";
import { createFile } from "../../files/openFile";
import { logInfo } from "../Logger";

/** In development, and wherever no mail server is configured, a mail is a file that a mail program opens. */
export async function writeToOutbox(message: SendMailOptions): Promise<SentMessageInfo> {
  const { createTransport } = require("nodemailer") as typeof import("nodemailer");
  const transporter = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const sent = await transporter.sendMail({ ...message, keepBcc: true } as SendMailOptions);
  const folder = join(paths.data, "outbox");
  makeFolder(folder);
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
      writeNewFile(file, content);
      return file;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
}

function writeNewFile(file: string, content: Buffer): void {
  const descriptor = createFile(file);
  try {
    writeFileSync(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
}
