import type { Selection } from "../catalog/selection";
import { clipped, columns } from "../cli/table";
import type { Terminal } from "../cli/terminal";
import { formatDuration } from "../config/duration";
import { countsText, lossText, runNote } from "../runs/history/runText";
import type { Run, RunState } from "../runs/ledger/run";
import { withoutInternalFrames } from "../services/log/ownFrames";
import { ago } from "../text/ago";
import { printable, printableLine } from "../text/printable";
import { shellQuote } from "../text/shellQuote";

/** The table of `node laju runs`. */
export function runTable(runs: Run[], now: number, terminal: Terminal): string {
  if (runs.length === 0) return "  No runs recorded.";
  const rows = runs.map((run) => cells(run, now));
  const lines = columns(rows, { gap: "   ", keepsEmpty: true }).map(
    (text, index) =>
      `  ${symbolOf((runs[index] as Run).state, terminal)} ${clipped(text, terminal.width - 4, terminal)}`,
  );
  return ["", ...lines, ""].join("\n");
}

function cells(run: Run, now: number): string[] {
  const lasted = run.durationMs === null ? "" : formatDuration(run.durationMs);
  return [
    String(run.id),
    run.name,
    ago(now - run.startedAt),
    lasted,
    endingOf(run),
    printableLine(runNote(run)),
  ];
}

/** A line about earlier failures that did not fit in the table, with the command that lists them. */
export function earlierFailures(count: number, { words, tags = [] }: Selection, { paint }: Terminal): string {
  const chosen = [...words.map(shellQuote), ...tags.map((tag) => `--tag ${shellQuote(tag)}`)];
  const command = ["node laju runs", ...chosen, "--failed"].join(" ");
  const earlier = count === 1 ? "1 earlier run" : `${count < 100 ? count : "100 or more"} earlier runs`;
  return `  ${earlier} of the last day failed: ${paint("dim", command)}\n`;
}

/** "1.2s of CPU time, at most 84 MB of memory", for the run's own process only. */
export function usedText({ cpuMs, peakMemory }: Pick<Run, "cpuMs" | "peakMemory">): string | null {
  if (cpuMs === null || peakMemory === null) return null;
  return `${formatDuration(cpuMs)} of CPU time, at most ${Math.round(peakMemory / 1e6)} MB of memory`;
}

/** One run in full, for `node laju runs show ID`. */
export function runDetails(run: Run, terminal: Terminal): string {
  const rows: [string, string | null][] = [
    ["state", stateOf(run)],
    ["started", new Date(run.startedAt).toISOString()],
    ["finished", run.finishedAt === null ? null : new Date(run.finishedAt).toISOString()],
    ["duration", run.durationMs === null ? null : formatDuration(run.durationMs)],
    ["host", `${run.host}, pid ${run.pid}`],
    ["arguments", run.args.length > 0 ? run.args.join(" ") : null],
    ["key", run.key],
    ["retry of", run.retryOf],
    ["log", logText(run)],
    ["message", run.message],
    ["counts", countsText(run)],
    ["used", usedText(run)],
    ["output", run.lostOutput && lossText(run.lostOutput)],
    ["error", run.error && withoutInternalFrames(run.error)],
    [run.error === null ? "error" : "logged", run.loggedError],
  ];
  const lines = rows
    .filter(([, value]) => value !== null && value !== "")
    .map(
      ([label, value]) =>
        `  ${terminal.paint("dim", label.padEnd(9))}  ${printable(value ?? "").replaceAll("\n", `\n${" ".repeat(13)}`)}`,
    );
  return [
    `${symbolOf(run.state, terminal)} ${terminal.paint("bold", run.name)}  run ${run.id}`,
    ...lines,
  ].join("\n");
}

/**
 * "/srv/shop/logs/Report.log, bytes 5918 to 6021". The end is omitted while the run continues, or if the run was
 * killed.
 */
function logText({ log }: Run): string | null {
  if (log === null) return null;
  return log.to === null
    ? `${log.file}, from byte ${log.from}`
    : `${log.file}, bytes ${log.from} to ${log.to}`;
}

function stateOf({ state, exitStatus, attempt }: Run): string {
  const ending = exitStatus === null ? "" : `, exit ${exitStatus}`;
  return `${state.replace("_", " ")}${ending}${attempt > 1 ? `, retry ${attempt - 1} (attempt ${attempt})` : ""}`;
}

function symbolOf(state: RunState, { paint, symbols }: Terminal): string {
  switch (state) {
    case "succeeded":
      return paint("green", symbols.done);
    case "running":
      return paint("yellow", symbols.running);
    case "skipped":
      return paint("yellow", symbols.skipped);
    default:
      return paint("red", symbols.failed);
  }
}

function endingOf({ state, exitStatus, lostOutput, attempt }: Run): string {
  const ending = state === "failed" ? `exit ${exitStatus}` : state.replace("_", " ");
  const facts = [
    attempt > 1 ? `retry ${attempt - 1}` : "",
    state === "succeeded" ? "" : ending,
    lostOutput === null ? "" : "output lost",
  ];
  return facts.filter(Boolean).join(", ");
}
