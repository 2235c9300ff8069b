import type { Run } from "../../runs/ledger/run";
import { isReadableLog } from "../../runs/logs/readableLogs";
import { counted } from "../../text/counted";
import { type Html, html } from "../html";
import { findInLog } from "../log/findInLog";
import { countLines } from "../log/lineNumbers";
import { logLines } from "../log/logLines";
import { type LogPart, type LogWindow, linesAfter, linesBefore, logOf } from "../log/readLog";
import type { View } from "../view";

/**
 * A run's output: the end of it, or the lines that contain the text the visitor searches for. The page's script adds
 * new lines.
 */
export async function logView(run: Run, view: View): Promise<Html> {
  const log = logOf(run);
  const filter = (view.query.get("filter") ?? "").slice(0, 200);
  if (log === undefined) return html`<p class="dim" id="log">${noLogReason(run)}</p>`;
  if (log.to === log.from && run.state !== "running") return html`<p class="dim" id="log">No output.</p>`;
  if (filter !== "") {
    const { lines, total } = await findInLog(log, filter);
    const shown = lines.length < total ? `, the last ${lines.length} are shown` : "";
    return html`<div id="log">${toolbar(run, filter)}<p class="dim small">${counted(total)} matching ${total === 1 ? "line" : "lines"}${shown}. <a href="${run.id}#log">Show all</a></p>
<pre class="log" tabindex="0">${logLines(lines)}</pre></div>`;
  }
  const window = windowAt(run, log, view);
  const first = await countLines(log.file, log.from, window.from);
  return html`<div id="log" data-log="${run.id}" data-from="${window.from}" data-to="${window.to}"${run.state === "running" && window.isLast ? html` data-follows` : ""}>${toolbar(run, "")}
${earlierLink(run, window)}
<pre class="log" tabindex="0" aria-label="What run ${run.id} printed">${numbered(window, first + 1)}</pre>
${window.isLast ? "" : html`<p class="pages"><a class="button" href="${run.id}?after=${window.to}#log">Later lines</a> <a class="button" href="${run.id}#log">To the end</a></p>`}</div>`;
}

/** The end of the log, or the lines before or after a byte of the file. */
function windowAt(run: Run, log: LogPart, { query }: View): LogWindow {
  const [before, after] = [Number(query.get("before")), Number(query.get("after"))];
  if (before > 0) return linesBefore(run, log, before);
  return after > 0 ? linesAfter(run, log, after) : linesBefore(run, log, log.to);
}

function numbered({ lines }: LogWindow, first: number): Html {
  return logLines(lines.map((line, index) => ({ line, number: first + index })));
}

function earlierLink(run: Run, { isFirst, from }: LogWindow): Html {
  if (isFirst) return html``;
  return html`<p class="pages"><a class="button" href="${run.id}?before=${from}#log">Earlier lines</a></p>`;
}

function toolbar(run: Run, filter: string): Html {
  return html`<div class="tools"><form method="get" action="${run.id}#log" role="search"><label class="unseen" for="filter">Filter lines</label><input id="filter" type="search" name="filter" value="${filter}" placeholder="Filter lines…"></form>
<label><input type="checkbox" id="wrap" checked> Wrap</label>
<label><input type="checkbox" id="numbers"> Line numbers</label>
${run.state === "running" ? html`<label class="scripted"><input type="checkbox" id="follow" checked> Follow</label>` : ""}
<button type="button" id="copy" class="scripted">Copy</button>
<a class="button" href="${run.id}/log.txt" download>Download</a></div>`;
}

function noLogReason({ log }: Run): string {
  if (log === null)
    return "The output went to a terminal or a pipe. Under cron, output goes to the command's log.";
  if (!isReadableLog(log.file)) return `The output went to ${log.file}, which is outside the log folder.`;
  return `The output in ${log.file} no longer exists: it was rotated, compressed or deleted.`;
}
