import { noticeSettings } from "../../config/config";
import { errorMessage } from "../../text/errorText";
import { isError } from "../../text/isError";
import { channelsOf, deliver } from "./deliver";
import {
  claimNotice,
  dropStaleNotices,
  type Excluded,
  type Notice,
  noticeFailed,
  noticeSent,
  writeNotices,
} from "./notices";
import { processPendingNotices } from "./pendingNotices";

/** What the sender needs to know about a command. */
export interface NoticeSubject {
  description: string;
  notify: string[] | null;
}

export interface SendReport {
  sent: Notice[];
  failed: { notice: Notice; error: string }[];
}

/**
 * Sends each notice in the outbox once. Rejected notices stay in the outbox for the next call. Several senders may run
 * at the same time. After `until`, sends no more notices.
 */
export async function sendNotices(
  subjectOf: (name: string) => NoticeSubject | undefined,
  { until, now = Date.now }: { until: number; now?: () => number },
): Promise<SendReport> {
  const report: SendReport = { sent: [], failed: [] };
  const describe = (name: string) => subjectOf(name)?.description ?? "";
  const channels = (name: string) => channelsOf(subjectOf(name)?.notify ?? null, noticeSettings());
  while (now() < until) {
    processPendingNotices();
    writeNotices(channels, now());
    dropStaleNotices(now());
    const notice = claimNotice(now(), notNow(report));
    if (notice === undefined) break;
    try {
      await deliver(notice, describe);
      noticeSent(notice.id, now());
      report.sent.push(notice);
    } catch (error) {
      const text = messageOf(error);
      noticeFailed(notice.id, text);
      report.failed.push({ notice, error: text });
    }
  }
  return report;
}

/** A receiver that refused two notices or one ping is skipped until the next sender runs. */
function notNow({ failed }: SendReport): Excluded {
  const channels = failed.map(({ notice }) => notice.channel);
  const isRefusing = (channel: string, index: number) =>
    channel.startsWith("ping:") || channels.indexOf(channel) < index;
  return { ids: failed.map(({ notice }) => notice.id), channels: channels.filter(isRefusing) };
}

/** The error's message with its cause, because fetch only says "fetch failed". */
function messageOf(error: unknown): string {
  const message = errorMessage(error);
  const cause = isError(error) && error.cause !== undefined ? errorMessage(error.cause) : "";
  return message.includes(cause) ? message : `${message}: ${cause}`;
}
