import type { Terminal } from "../../cli/terminal";
import { formatDuration } from "../../config/duration";
import type { JobRecord } from "../../queue/jobRecord";
import { printable } from "../../text/printable";
import { stateSymbol } from "./jobList";
import { stateWords } from "./jobStates";

/** One job in full, for `node laju queue:show ID`. */
export function jobDetails(job: JobRecord, terminal: Terminal): string {
  const rows = factsOf(job).filter((row): row is [string, string] => row[1] !== null);
  const lines = rows.map(
    ([label, value]) =>
      `  ${terminal.paint("dim", label.padEnd(11))}  ${printable(value).replaceAll("\n", `\n${" ".repeat(15)}`)}`,
  );
  return [
    `${stateSymbol(job.state, terminal)} ${terminal.paint("bold", printable(job.type))}  job ${job.id}`,
    ...lines,
  ].join("\n");
}

function factsOf(job: JobRecord): [string, string | null][] {
  const { startedAt, finishedAt, cron } = job;
  return [
    ["state", `${stateWords[job.state]}${job.attempts > 0 ? `, attempt ${job.attempts}` : ""}`],
    ["user", job.userId === null ? null : String(job.userId)],
    ["data", jsonText(job.data)],
    ["priority", job.priority === 0 ? null : String(job.priority)],
    ["unique", job.unique],
    ["cron", cron === null ? null : `${cron.expression} (${cron.timezone})`],
    ["due", timeText(job.due)],
    ["created", timeText(job.createdAt)],
    ["started", timeText(startedAt)],
    ["finished", timeText(finishedAt)],
    [
      "duration",
      startedAt === null || finishedAt === null ? null : formatDuration(Math.max(0, finishedAt - startedAt)),
    ],
    ["worker", job.worker],
    ["progress", jsonText(job.progress)],
    ["result", jsonText(job.result)],
    ["error", job.error],
    ["follows", job.rescheduledFromJob === null ? null : `job ${job.rescheduledFromJob}`],
    ["replaced by", job.successor === null ? null : `job ${job.successor}`],
    ["remove at", timeText(job.removeAt)],
  ];
}

function timeText(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

function jsonText(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
