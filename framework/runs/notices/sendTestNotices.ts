import { LajuError } from "../../config/errors";
import { hostName } from "../../process/thisProcess";
import { mailRoute } from "../../services/mail/mailRoute";
import { deliverContent } from "./deliver";
import { hostNotice } from "./hostNotice";

/** Whether a channel accepted the test notification, and otherwise why not. */
export interface TestResult {
  channel: string;
  error?: Error;
}

/** Sends a test notification to each channel. The ledger doesn't record it. */
export async function sendTestNotices(channels: readonly string[], now: number): Promise<TestResult[]> {
  const title = `Test notification from laju on ${hostName()}`;
  const content = hostNotice(title, "Sent by `node laju notices:test`. Nothing has failed.", now);
  return Promise.all(
    channels.map(async (channel) => {
      try {
        checkMailServer(channel);
        await deliverContent(channel, content);
        return { channel };
      } catch (error) {
        return { channel, error };
      }
    }),
  );
}

/**
 * Throws if a mail channel has no mail server. Outside production, mail without a server goes to data/outbox, so nobody
 * would receive the test.
 */
function checkMailServer(channel: string): void {
  if (channel.startsWith("mail:") && mailRoute() === undefined) {
    throw new LajuError("no mail server is configured", {
      code: "E_MAIL_UNCONFIGURED",
      hint: "Set MAIL_URL=smtps://user:password@host:465, or SMTP_HOST, SMTP_USER and SMTP_PASS.",
    });
  }
}
