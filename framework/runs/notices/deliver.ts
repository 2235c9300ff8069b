import { type NoticeSettings, noticeSettings, paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import { hostName } from "../../process/thisProcess";
import Mailer from "../../services/Mailer";
import { findRun } from "../history/findRuns";
import { outputTail, readableTail } from "../history/runOutput";
import { countFailures, findIncident, type Incident } from "../ledger/incidents";
import { HttpError, postJson, postText } from "./httpNotice";
import type { Notice } from "./notices";
import { type NoticeContent, noticeMail } from "./noticeText";
import { webhookBody, webhookFormatOf } from "./webhookBody";

/** How much of a run's output a notice contains, in bytes. Healthchecks.io keeps 100 kB, chats far less. */
const tailBytes = 8_000;

/**
 * Where a command's notices go in this deployment: to its `notify` channels or, if that is null, to all configured
 * channels.
 */
export function channelsOf(notify: readonly string[] | null, settings: NoticeSettings): string[] {
  const channels = (notify ?? ["mail", "webhook"]).flatMap((channel) => {
    if (channel === "mail") return settings.mailTo.map((address) => `mail:${address}`);
    if (channel === "webhook") return settings.webhookUrl === undefined ? [] : ["webhook"];
    return [`mail:${channel}`];
  });
  return [...new Set(channels)];
}

/** Sends one notice to its receiver. Throws if the receiver did not accept it. */
export async function deliver(notice: Notice, describe: (name: string) => string): Promise<void> {
  const { channel } = notice;
  if (channel.startsWith("ping:")) return sendPing(notice, channel.slice("ping:".length));
  const incident = notice.incidentId === null ? undefined : findIncident(notice.incidentId);
  if (incident === undefined) throw new Error(`notice ${notice.id} has no incident`);
  return deliverContent(channel, contentOf(notice, incident, describe(notice.name)));
}

/** Sends a notice's content by mail or webhook. Throws if the receiver did not accept it. */
export function deliverContent(channel: string, content: NoticeContent): Promise<void> {
  if (channel === "webhook") return withRetries(() => postWebhook(content));
  return withRetries(() => sendMail(content, channel.slice("mail:".length)));
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
  if (webhookUrl === undefined) throw new Error("NOTIFY_WEBHOOK_URL is no longer set");
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

/** The events of a ping, as on Healthchecks.io: a run has started, succeeded or failed. */
export type PingEvent = "start" | "success" | "fail";

/** Posts text to URL/start, URL/fail or, for a success, the URL itself. Throws if the receiver did not accept it. */
export function ping(url: string, event: PingEvent, body: string): Promise<void> {
  const target = new URL(url);
  if (event !== "success") target.pathname = `${target.pathname.replace(/\/$/, "")}/${event}`;
  return withRetries(() => postText(target.href, body));
}

/** The pause before each attempt, in milliseconds. A notice that still fails waits for the next `laju monitor`. */
const pausesMs = [0, 500, 2_000];

/** Retries temporary failures. Throws if the last attempt fails. */
async function withRetries(send: () => Promise<void>): Promise<void> {
  for (const [index, pause] of pausesMs.entries()) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      return await send();
    } catch (error) {
      if (index === pausesMs.length - 1 || !isPassing(error)) throw error;
    }
  }
}

/** Whether the error may be temporary. Wrong settings and refusals don't go away within seconds. */
function isPassing(error: unknown): boolean {
  if (error instanceof HttpError) return error.status >= 500 || error.status === 429;
  return !(error instanceof LajuError) || error.code === "E_MAIL_CONNECT";
}
