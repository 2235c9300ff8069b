import { closeSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SendMailOptions, SentMessageInfo } from "nodemailer";
import { paths } from "../../config/config";
import { require } from "../../config/require";
import { makeFolder } from "../../files/makeFolder";
import { createFile } from "../../files/openFile";
import { logInfo } from "../Logger";

/** A composed mail: the original fields, the recipients, and the message as it would be sent to a server. */
export interface WrittenMail {
  message: SendMailOptions;
  recipients: string[];
  source: Buffer;
}

let watcher: ((mail: WrittenMail) => void) | undefined;

/** Calls `watch` for every mail written from now on. */
export function watchOutbox(watch: (mail: WrittenMail) => void): void {
  watcher = watch;
}

/** Writes a mail to an .eml file, which any mail program can open, because no mail server is configured. */
export async function writeToOutbox(message: SendMailOptions): Promise<SentMessageInfo> {
  const { createTransport } = require("nodemailer") as typeof import("nodemailer");
  const transporter = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const sent = await transporter.sendMail({ ...message, keepBcc: true } as SendMailOptions);
  const folder = join(paths.data, "outbox");
  makeFolder(folder);
  const source = sent.message as Buffer;
  const file = writeNew(folder, message.subject ?? "", source);
  watcher?.({ message, recipients: sent.envelope.to, source });
  logInfo("Mail written to the outbox", { to: sent.envelope.to, subject: message.subject, file });
  return { ...sent, message: undefined, accepted: sent.envelope.to, rejected: [], file };
}

/** Writes the file. Names sort by time. If a name already exists, appends a number. */
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
