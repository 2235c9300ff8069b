import { noticeSettings, paths } from "../../config/config";
import { hostName } from "../../process/thisProcess";
import Mailer from "../../services/Mailer";
import { findRun } from "../history/findRuns";
import { outputTail, readableTail } from "../history/runOutput";
import { countFailures, findIncident, type Incident } from "../ledger/incidents";
import { postJson } from "./httpNotice";
import { noticeMail } from "./noticeMail";
import type { Notice } from "./notices";
import type { NoticeContent } from "./noticeText";
import { type PingEvent, ping } from "./ping";
import { tried } from "./tried";
import { webhookBody, webhookFormatOf } from "./webhookBody";

/** How much of a run's output a notice carries: Healthchecks.io keeps 100 kB, chats far less. */
const tailBytes = 8_000;
/** Sends one notice to its receiver. Throws when that did not take it. */
export async function deliver(notice: Notice, describe: (name: string) => string): Promise<void> {
  const { channel } = notice;
  if (channel.startsWith("ping:")) return sendPing(notice, channel.slice("ping:".length));
  const incident = notice.incidentId === null ? undefined : findIncident(notice.incidentId);
  if (incident === undefined) throw new Error(`notice ${notice.id} has no incident`);
  return deliverContent(channel, contentOf(notice, incident, describe(notice.name)));
}

/** Sends what a notice says to one receiver that is no ping. Throws when that did not take it. */
export function deliverContent(channel: string, content: NoticeContent): Promise<void> {
  if (channel === "webhook") return tried(() => postWebhook(content));
  return tried(() => sendMail(content, channel.slice("mail:".length)));
}

function contentOf(notice: Notice, incident: Incident, description: string): NoticeContent {
  const run = notice.runId === null ? undefined : findRun(notice.runId);
  return {
    event: notice.event === "recovery" ? "recovery" : "failure",
    name: notice.name,
    description,
    host: run?.host ?? hostName(),
    app: paths.root,
    incident,
    run,
    failures: countFailures(incident),
    output: run === undefined ? "" : readableTail(run, tailBytes),
    rawOutput: run === undefined ? "" : outputTail(run, tailBytes),
  };
}

async function sendMail(content: NoticeContent, to: string): Promise<void> {
  await Mailer.send({ ...noticeMail(content), to });
}

function postWebhook(content: NoticeContent): Promise<void> {
  const { webhookUrl, webhookFormat } = noticeSettings();
  if (webhookUrl === undefined) throw new Error("NOTIFY_WEBHOOK_URL is not set any more");
  const body = webhookBody(content, webhookFormat ?? webhookFormatOf(webhookUrl));
  return postJson(webhookUrl, JSON.stringify(body));
}

function sendPing({ event, runId }: Notice, url: string): Promise<void> {
  const run = runId === null ? undefined : findRun(runId);
  if (run === undefined || event === "start") return ping(url, event as PingEvent, "");
  const ending = `${run.name}: ${run.state.replace("_", " ")}, exit status ${run.exitStatus ?? "unknown"}`;
  const body = [ending, run.message, readableTail(run, tailBytes)].filter(Boolean).join("\n");
  return ping(url, event as PingEvent, body);
}
