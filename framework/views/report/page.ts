import { shortTime } from "../../host/hostClock";
import { cellTimes, timeAxis } from "./axis";
import { commandCard, commandRow } from "./commandCard";
import { escapeHtml } from "./escape";
import { failuresSection } from "./failures";
import { queueSection } from "./queueSection";
import type { ReportCommand, ReportData } from "./reportData";
import { style } from "./style";
import { successRate } from "./successRate";

/** How many commands get charts, so that the page stays small enough to mail. */
export const maxCards = 150;

/** The whole report as one self-contained file: no scripts, and no external fonts or images. */
export function reportPage(data: ReportData): string {
  const { app, host, clock, days, status, commands } = data;
  const span = days === 1 ? "the last day" : `the last ${days} days`;
  const seen = commands.filter(({ cells }) => cells.length > 0);
  const quiet = commands.filter(({ cells }) => cells.length === 0);
  const context = { data, axis: timeAxis(data), timeOf: cellTimes(data) };
  const parts = [
    `<h1>${escapeHtml(app)}</h1>`,
    `<p class="dim">${escapeHtml(host)} · ${span} until ${shortTime(clock.now, clock.hostTimezone)} · ${escapeHtml(clock.hostTimezone)}</p>`,
    numbers(data),
    attention(status.needsPerson),
    "<h2>Failures</h2>",
    failuresSection(data),
    "<h2>Commands</h2>",
    seen.length === 0 ? "" : legend,
    ...seen.slice(0, maxCards).map((command) => commandCard(command, context)),
    others(seen.slice(maxCards), data),
    quiet.length === 0 ? "" : note(`Not started in this period: ${quiet.map(({ name }) => name).join(", ")}`),
    queueSection(data),
    `<p class="dim">${escapeHtml(status.crontab.message)}.</p>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="robots" content="noindex">
<title>${escapeHtml(app)}: runs of ${span}</title>
<style>${style}</style>
</head>
<body>
${parts.filter(Boolean).join("\n")}
</body>
</html>
`;
}

const legend = `<p class="legend"><span><i class="good"></i>succeeded</span>
<span><i class="bad"></i>failed, timed out or lost</span>
<span><i class="idle"></i>only skipped or still running</span>
<span><i class="bar"></i>longest run in each interval</span></p>`;

function numbers({ commands, status }: ReportData): string {
  const sum = (state: keyof ReportCommand["starts"]) =>
    commands.reduce((total, { starts }) => total + starts[state], 0);
  const [succeeded, failed] = [sum("succeeded"), sum("failed")];
  const troubles = status.needsPerson.length;
  const facts: [text: string, label: string, isBad: boolean][] = [
    [(succeeded + failed + sum("running")).toLocaleString("en"), "starts", false],
    [failed.toLocaleString("en"), failed === 1 ? "start failed" : "starts failed", failed > 0],
    [successRate({ succeeded, failed }) || "–", "succeeded", false],
    [sum("skipped").toLocaleString("en"), "skipped", false],
    [String(troubles), troubles === 1 ? "needs attention" : "need attention", troubles > 0],
  ];
  const items = facts.map(
    ([text, label, isBad]) => `<li><b${isBad ? ' class="bad-text"' : ""}>${text}</b>${label}</li>`,
  );
  return `<ul class="numbers">${items.join("")}</ul>`;
}

function attention(sentences: readonly string[]): string {
  if (sentences.length === 0) return "";
  const items = sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join("");
  return `<h2>Needs attention</h2>\n<div class="card attention"><ul>${items}</ul></div>`;
}

/** The commands without charts. */
function others(commands: readonly ReportCommand[], data: ReportData): string {
  if (commands.length === 0) return "";
  const heads = ["Starts", "Failed", "Succeeded", "Longest"].map((text) => `<th class="number">${text}</th>`);
  return `<p class="dim">${commands.length} more ${commands.length === 1 ? "command" : "commands"}, without charts:</p>
<div class="wide"><table class="card"><thead><tr><th>Command</th>${heads.join("")}</tr></thead>
<tbody>
${commands.map((command) => commandRow(command, data)).join("\n")}
</tbody></table></div>`;
}

function note(text: string): string {
  return `<p class="card dim">${escapeHtml(text)}</p>`;
}
