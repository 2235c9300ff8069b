import type { Mail } from "../../services/Mailer";
import { printable } from "../../text/printable";
import { type NoticeContent, noticeFacts, noticeText, noticeTitle } from "./noticeText";

/** A notice as a mail, whose HTML part is the view notice: the app's, else laju's own. */
export function noticeMail(content: NoticeContent): Mail & { subject: string; text: string; data: object } {
  const title = noticeTitle(content);
  return {
    subject: title,
    text: noticeText(content),
    view: "notice",
    data: { title, facts: noticeFacts(content), output: printable(content.output) },
    // No holiday reply, please (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated" },
  };
}
