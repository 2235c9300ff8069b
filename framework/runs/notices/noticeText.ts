import { formatDuration } from "../../config/duration";
import type { Mail } from "../../services/Mailer";
import { printable } from "../../text/printable";
import { countsText, diskCommand } from "../history/runText";
import type { Failures, Incident } from "../ledger/incidents";
import type { Run } from "../ledger/run";
import type { NoticeEvent } from "./notices";

/** The content of a notice, for every channel. */
export interface NoticeContent {
  event: Extract<NoticeEvent, "failure" | "recovery">;
  name: string;
  description: string;
  host: string;
  /** The app's folder. */
  app: string;
  incident: Incident;
  run: Run | undefined;
  /** How often the command failed during the incident; undefined for jobs and the host, which have no runs. */
  failures: Failures | undefined;
  /** The end of the run's output, formatted for reading. */
  output: string;
  /** The end of the run's output exactly as in the log. */
  rawOutput: string;
}

/** "SendDailyDigest failed with exit status 1": the subject of a mail, the first line of a message. */
export function noticeTitle({ event, name, incident }: NoticeContent): string {
  const lasted = formatDuration(Math.max(0, (incident.closedAt ?? incident.openedAt) - incident.openedAt));
  if (incident.kind === "host") {
    return event === "failure" ? incident.reason : `Resolved after ${lasted}: ${incident.reason}`;
  }
  if (event === "failure") return `${name} ${incident.reason}`;
  if (incident.closedBecause !== null)
    return `${name} ${incident.closedBecause}: its incident was closed after ${lasted}`;
  return `${name} works again after ${lasted}`;
}

/** The facts below the title, as labels and values that are safe to display. */
export function noticeFacts({
  event,
  description,
  host,
  app,
  incident,
  run,
  failures,
}: NoticeContent): [string, string][] {
  const facts: [string, string | undefined][] = [
    ["About", description || undefined],
    ["Since", event === "recovery" ? `${timeText(incident.openedAt)} (${incident.reason})` : undefined],
    ["Failed", event === "recovery" && failures ? failuresText(failures) : undefined],
    ["Started", run && timeText(run.startedAt)],
    ["Duration", run?.durationMs == null ? undefined : formatDuration(run.durationMs)],
    ["Attempt", run && run.attempt > 1 ? String(run.attempt) : undefined],
    ["Message", run?.message ?? undefined],
    ["Counts", (run && countsText(run)) || undefined],
    ...(event === "failure" && run !== undefined ? causeFacts(run) : []),
    ["Host", `${host}, ${app}`],
    ["More", run === undefined ? "node laju status" : `node laju runs show ${run.id}`],
    ...(event === "failure" ? nextStep(incident, run) : []),
  ];
  return facts
    .filter((fact): fact is [string, string] => fact[1] !== undefined)
    .map(([label, value]) => [label, printable(value)]);
}

/** Each fact as text. Continuation lines are indented, so that a message cannot look like another fact. */
export function factLines(content: NoticeContent): string[] {
  return noticeFacts(content).map(([label, value]) => `${label}: ${value.replaceAll("\n", "\n  ")}`);
}

/** The whole notice as plain text. */
export function noticeText(content: NoticeContent): string {
  const output = content.output === "" ? [] : ["", printable(content.output)];
  return [noticeTitle(content), "", ...factLines(content), ...output].join("\n");
}

/** A notice as a mail. The HTML part is the view "notice": the app's, or else laju's own. */
export function noticeMail(content: NoticeContent): Mail & { subject: string; text: string; data: object } {
  const title = noticeTitle(content);
  return {
    subject: title,
    text: noticeText(content),
    view: "notice",
    data: { title, facts: noticeFacts(content), output: printable(content.output) },
    // Prevents out-of-office replies (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

function failuresText({ starts, attempts }: Failures): string | undefined {
  if (attempts < 2) return undefined;
  const times = starts === 1 ? "1 start" : `${starts} starts`;
  return attempts === starts ? times : `${times}, ${attempts} attempts`;
}

/** What to do about an incident, unless the facts about its run already make that clear. */
function nextStep({ kind, name }: Incident, run: Run | undefined): [string, string][] {
  switch (kind) {
    case "hanging":
      return [
        ["Stop it", `node laju stop ${name}`],
        ["Prevent it", `set a timeout in the command's metadata, or COMMAND_TIMEOUT for all commands`],
      ];
    case "overdue":
      return [["Find out why", "node laju doctor"]];
    case "output":
      return [["Look at the disk", diskCommand(run)]];
    default:
      return [];
  }
}

/** Why a run failed. An error that it logged earlier is often the cause. */
function causeFacts({ error, loggedError }: Run): [string, string][] {
  if (!error) return loggedError ? [["Error", loggedError]] : [];
  return loggedError ? [...errorFacts(error), ["Logged earlier", loggedError]] : errorFacts(error);
}

/** The first lines of an error and of its causes, without the "Error:" that the label already says. */
function errorFacts(text: string): [string, string][] {
  const [first = "", ...lines] = text.split("\n");
  const label = "Caused by: ";
  const causes = lines.filter((line) => line.startsWith(label)).map((line) => line.slice(label.length));
  const facts: [string, string][] = [["Error", withoutName(first)]];
  return causes.length === 0 ? facts : [...facts, ["Cause", causes.map(withoutName).join("; ")]];
}

function withoutName(line: string): string {
  return line.replace(/^(Error: )+/, "");
}

function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
