import { failureReason } from "../../runs/failureReason";
import { formatDuration } from "../../schedule/duration";
import type { HostClock } from "../../schedule/nextRuns";
import { shortTime } from "../hostClock";
import { escapeHtml } from "./escape";
import type { ReportFailure } from "./reportData";

/** One failure: closed a line, open what the run said and printed. */
export function failureText({ run, output }: ReportFailure, { hostTimezone }: HostClock): string {
  const lasted = run.durationMs === null ? "" : ` after ${formatDuration(run.durationMs)}`;
  const when = shortTime(new Date(run.startedAt), hostTimezone);
  const head = `<b>${escapeHtml(run.name)}</b> ${escapeHtml(failureReason(run))}${lasted}`;
  const blocks = [run.error, output].filter((text) => text !== null && text !== "") as string[];
  const shown = blocks.map((text) => `<pre>${escapeHtml(text)}</pre>`);
  const rest = shown.length === 0 ? '<p class="dim">It left no word.</p>' : shown.join("\n");
  return `<details><summary>${head} <span class="dim">· ${when} · run ${run.id}</span></summary>
${rest}
</details>`;
}
