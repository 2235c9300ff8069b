import { formatDuration } from "../../schedule/duration";
import { shortTime } from "../hostClock";
import { ago } from "../runList";
import { durationChart, longestByCell, timelineChart } from "./charts";
import { escapeHtml } from "./escape";
import { failureText } from "./failure";
import { cellCount, type ReportCommand, type ReportData } from "./reportData";
import { style } from "./style";

/** The whole report as one file that asks nothing of anybody: no scripts, no fonts, no pictures from elsewhere. */
export function reportPage(data: ReportData): string {
  const { app, host, clock, days, status, commands, failures } = data;
  const timeOf = times(data);
  const span = days === 1 ? "the last day" : `the last ${days} days`;
  const seen = commands.filter(({ cells }) => cells.length > 0);
  const quiet = commands.filter(({ cells }) => cells.length === 0);
  const axis = daysAxis(data);
  const parts = [
    `<h1>${escapeHtml(app)}</h1>`,
    `<p class="dim">${escapeHtml(host)} · ${span} until ${shortTime(clock.now, clock.hostTimezone)} · ${escapeHtml(clock.hostTimezone)}</p>`,
    numbers(data),
    attention(status.needsPerson),
    "<h2>Commands</h2>",
    legend,
    ...seen.map((command) => card(command, axis, data, timeOf)),
    quiet.length === 0 ? "" : card1(`Not started in this time: ${quiet.map(({ name }) => name).join(", ")}`),
    "<h2>Failures</h2>",
    failures.length === 0
      ? card1("None.")
      : failures.map((failure) => failureText(failure, clock)).join("\n"),
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

const legend = `<p class="legend"><span><i class="good" style="height:0.55rem;background:var(--good)"></i>succeeded</span>
<span><i style="height:0.8rem;background:var(--bad)"></i>failed, timed out or lost</span>
<span><i style="height:0.3rem;background:var(--idle)"></i>only skipped or still running</span>
<span><i style="height:0.55rem;background:var(--bar)"></i>longest run</span></p>`;

function numbers({ commands, status }: ReportData): string {
  const cells = commands.flatMap((command) => command.cells);
  const sum = (...states: string[]) =>
    cells.filter(({ state }) => states.includes(state)).reduce((total, { count }) => total + count, 0);
  const failed = sum("failed", "timed_out", "lost");
  const skipped = sum("skipped");
  const facts: [number, string, boolean][] = [
    [sum("succeeded", "running") + failed, "runs", false],
    [failed, "failures", failed > 0],
    [skipped, "skipped starts", false],
    [
      status.needsPerson.length,
      status.needsPerson.length === 1 ? "needs a person" : "need a person",
      status.needsPerson.length > 0,
    ],
  ];
  const items = facts.map(
    ([count, label, isBad]) =>
      `<li><b${isBad ? ' class="bad-text"' : ""}>${count.toLocaleString("en")}</b>${label}</li>`,
  );
  return `<ul class="numbers">${items.join("")}</ul>`;
}

function attention(sentences: readonly string[]): string {
  if (sentences.length === 0) return "";
  const items = sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join("");
  return `<h2>Needs a person</h2>\n<div class="card attention"><ul>${items}</ul></div>`;
}

function card(
  command: ReportCommand,
  axis: string,
  data: ReportData,
  timeOf: (cell: number) => string,
): string {
  const { name, description, row, cells } = command;
  const count = cells.reduce((total, cell) => total + cell.count, 0);
  const longest = Math.max(0, ...longestByCell(cells).map(([, ms]) => ms));
  const facts = [
    `${count.toLocaleString("en")} ${count === 1 ? "start" : "starts"}`,
    `longest ${formatDuration(longest)}`,
    ...lastText(command, data),
  ];
  const isBad = (row?.troubles.length ?? 0) > 0;
  return `<section class="card${isBad ? " attention" : ""}">
<div class="head"><h3>${escapeHtml(name)}</h3><span class="dim">${escapeHtml(facts.join(" · "))}</span></div>
${description === "" ? "" : `<p class="dim">${escapeHtml(description)}</p>\n`}${timelineChart(cells, `When ${name} ran`, timeOf)}
${durationChart(cells, `How long ${name} took: at most ${formatDuration(longest)}`, timeOf)}
${axis}
</section>`;
}

function lastText({ row }: ReportCommand, { clock }: ReportData): string[] {
  if (row === undefined) return ["no longer there"];
  const now = clock.now.getTime();
  const last = row.running === null ? row.last : row.running;
  const when = last === null ? [] : [`last ${ago(now - last.startedAt)}`];
  const next = row.nextRun === null ? [] : [`next ${shortTime(new Date(row.nextRun), clock.hostTimezone)}`];
  return [...when, ...next];
}

const card1 = (text: string) => `<p class="card dim">${escapeHtml(text)}</p>`;

/** Names the moment at which a stretch begins; the same for all charts, so each is worked out once. */
function times({ from, cellMs, clock }: ReportData): (cell: number) => string {
  const known = new Map<number, string>();
  return (cell) => {
    const text = known.get(cell) ?? shortTime(new Date(from + cell * cellMs), clock.hostTimezone);
    known.set(cell, text);
    return text;
  };
}

const mostLabels = 7;
/** How much room a label needs on a phone. */
const labelCells = 22;

/** The days below a chart: a mark where each begins, seven at most. */
function daysAxis(data: ReportData): string {
  const timeOf = times(data);
  const dateOf = (cell: number) => timeOf(cell).slice(0, -6);
  const begins = Array.from({ length: cellCount - 1 }, (_, index) => index + 1).filter(
    (cell) => dateOf(cell) !== dateOf(cell - 1),
  );
  const every = Math.max(1, Math.ceil(begins.length / mostLabels));
  const labels = begins
    .filter((cell, index) => index % every === 0 && cell < cellCount - labelCells)
    .map((cell) => {
      const [weekday, day] = dateOf(cell).split(" ");
      return `<span style="left:${((cell / cellCount) * 100).toFixed(2)}%">${weekday} ${day}</span>`;
    });
  return `<div class="days">${labels.join("")}</div>`;
}
