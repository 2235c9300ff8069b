import { noticeSettings, paths } from "../config";
import { LajuError } from "../errors";
import Mailer from "../services/Mailer";
import { hostName } from "./hostName";
import { HttpError, postJson, postText } from "./httpNotice";
import { countFailures, findIncident, type Incident } from "./incidents";
import { findRun } from "./ledger";
import { noticeMail } from "./noticeMail";
import type { Notice } from "./notices";
import type { NoticeContent } from "./noticeText";
import { outputTail, readableTail } from "./runOutput";
import { webhookBody, webhookFormatOf } from "./webhookBody";

/** How much of a run's output a notice carries: Healthchecks.io keeps 100 kB, chats far less. */
const tailBytes = 8_000;
/** A hiccup is over in seconds; what is left after these attempts waits for the next `laju monitor`. */
const pausesMs = [0, 500, 2_000];

/** Sends one notice to its receiver. Throws when that did not take it. */
export async function deliver(notice: Notice, describe: (name: string) => string): Promise<void> {
  const { channel } = notice;
  if (channel.startsWith("ping:")) return tried(() => sendPing(notice, channel.slice("ping:".length)));
  const incident = notice.incidentId === null ? undefined : findIncident(notice.incidentId);
  if (incident === undefined) throw new Error(`notice ${notice.id} has no incident`);
  const content = contentOf(notice, incident, describe(notice.name));
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

/** As Healthchecks.io has it: URL/start, then URL or URL/fail, with what was printed as the body. */
function sendPing({ event, runId }: Notice, url: string): Promise<void> {
  const run = runId === null ? undefined : findRun(runId);
  const target = new URL(url);
  if (event !== "success") target.pathname = `${target.pathname.replace(/\/$/, "")}/${event}`;
  if (run === undefined || event === "start") return postText(target.href, "");
  const ending = `${run.name}: ${run.state.replace("_", " ")}, exit status ${run.exitStatus ?? "unknown"}`;
  const body = [ending, run.message, readableTail(run, tailBytes)].filter(Boolean).join("\n");
  return postText(target.href, body);
}

async function tried(send: () => Promise<void>): Promise<void> {
  for (const [index, pause] of pausesMs.entries()) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      return await send();
    } catch (error) {
      if (index === pausesMs.length - 1 || !isPassing(error)) throw error;
    }
  }
}

/** Wrong settings and refusals do not mend themselves within seconds. */
function isPassing(error: unknown): boolean {
  if (error instanceof HttpError) return error.status >= 500 || error.status === 429;
  return !(error instanceof LajuError) || error.code === "E_MAIL_CONNECT";
}
