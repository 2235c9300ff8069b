import { formatDuration } from "../schedule/duration";
import type { Incident } from "./incidents";
import type { NoticeEvent } from "./notices";
import type { Run } from "./run";

/** Everything that a notice says, whatever its form. */
export interface NoticeContent {
  event: Extract<NoticeEvent, "failure" | "recovery">;
  name: string;
  description: string;
  host: string;
  /** The app's folder. */
  app: string;
  incident: Incident;
  run: Run | undefined;
  /** How many runs ended badly while the incident lasted. */
  failures: number;
  /** The end of what the run printed. */
  output: string;
}

/** "SendDailyDigest failed with exit status 1": the subject of a mail, the first line of a message. */
export function noticeTitle({ event, name, incident }: NoticeContent): string {
  if (event === "failure") return `${name} ${incident.reason}`;
  const lasted = formatDuration((incident.closedAt ?? incident.openedAt) - incident.openedAt);
  return `${name} works again after ${lasted}`;
}

/** What stands below the title, as label and value. */
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
    ["Failed runs", event === "recovery" && failures > 1 ? String(failures) : undefined],
    ["Started", run && timeText(run.startedAt)],
    ["Lasted", run?.finishedAt == null ? undefined : formatDuration(run.finishedAt - run.startedAt)],
    ["Attempt", run && run.attempt > 1 ? String(run.attempt) : undefined],
    ["Message", run?.message ?? undefined],
    ["Error", event === "failure" ? (run?.error?.split("\n")[0] ?? undefined) : undefined],
    ["Host", `${host}, ${app}`],
    ["More", run === undefined ? "node laju status" : `node laju runs show ${run.id}`],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

/** The whole notice as plain text. */
export function noticeText(content: NoticeContent): string {
  const facts = noticeFacts(content).map(([label, value]) => `${label}: ${value}`);
  const output = content.output === "" ? [] : ["", content.output];
  return [noticeTitle(content), "", ...facts, ...output].join("\n");
}

function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
