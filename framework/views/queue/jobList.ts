import { clipped, columns } from "../../cli/table";
import type { Terminal } from "../../cli/terminal";
import { formatDuration } from "../../config/duration";
import type { JobRecord, JobState } from "../../queue/jobRecord";
import { ago } from "../../text/ago";
import { printableLine } from "../../text/printable";
import { stateWords } from "./jobStates";

/** The table of `node laju queue:list`. */
export function jobTable(jobs: JobRecord[], now: number, terminal: Terminal): string {
  if (jobs.length === 0) return "  No matching jobs.";
  const lines = columns(
    jobs.map((job) => cells(job, now)),
    { right: [0] },
  );
  const shown = lines.map((line, index) => {
    const { state } = jobs[index] as JobRecord;
    return `  ${stateSymbol(state, terminal)} ${clipped(line, terminal.width - 4, terminal)}`;
  });
  return ["", ...shown, ""].join("\n");
}

function cells(job: JobRecord, now: number): string[] {
  return [
    String(job.id),
    printableLine(job.type),
    stateWords[job.state],
    whenText(job, now),
    attemptText(job),
    noteOf(job),
  ];
}

/** When the job's state began, or when a scheduled job is due. */
function whenText({ state, due, createdAt, startedAt, finishedAt }: JobRecord, now: number): string {
  if (state === "scheduled" && due !== null && due > now) return `due in ${formatDuration(due - now)}`;
  const time = finishedAt ?? (state === "processing" ? startedAt : createdAt);
  return time === null ? "" : ago(now - time);
}

function attemptText({ attempts }: JobRecord): string {
  return attempts > 1 ? `attempt ${attempts}` : "";
}

function noteOf({ error, progress, result, state }: JobRecord): string {
  const value = state === "completed" ? result : progress;
  return printableLine(error ?? (value === null ? "" : JSON.stringify(value)));
}

export function stateSymbol(state: JobState, { paint, symbols }: Terminal): string {
  switch (state) {
    case "completed":
      return paint("green", symbols.done);
    case "failed":
      return paint("red", symbols.failed);
    case "processing":
      return paint("yellow", symbols.running);
    case "cancelled":
      return paint("yellow", symbols.skipped);
    default:
      return symbols.never;
  }
}
