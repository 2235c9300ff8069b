import { counted } from "../../text/counted";
import { type Html, html, markup } from "../html";
import type { Pace } from "../read/jobs";

/** A bar for each time interval, with failed jobs on top. `words` names the whole time span for screen readers. */
export function paceChart(
  pace: Pace,
  name: string,
  words: string,
  { height = 20, className = "minutes" } = {},
): Html {
  const { completed, failed } = pace;
  const sums = completed.map((count, step) => count + (failed[step] ?? 0));
  const most = Math.max(...sums, 1);
  const size = (count: number) => (count === 0 ? 0 : Math.max(height / 12, (count / most) * height));
  const good = completed.map((count, step) => bar(step, height, size(count)));
  const bad = failed.map((count, step) => bar(step, height - size(completed[step] ?? 0), size(count)));
  const label = `${name}: ${paceText(pace)} in ${words}`;
  return html`<svg class="${className}" viewBox="0 0 ${sums.length * 2} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}">${markup(`<path class="now" d="${good.join("")}"/><path class="bad" d="${bad.join("")}"/>`)}</svg>`;
}

function bar(step: number, bottom: number, height: number): string {
  if (height === 0) return "";
  const top = Math.max(0, bottom - height);
  return `M${step * 2} ${bottom.toFixed(1)}V${top.toFixed(1)}h1.6V${bottom.toFixed(1)}z`;
}

/** The numbers of finished jobs, such as "1,234 completed and 12 failed". */
export function paceText(pace: Pace): string {
  const { completed, failed } = sumsOf(pace);
  return `${counted(completed)} completed and ${counted(failed)} failed`;
}

/** The share of jobs that failed, such as "0.9%". Rounded up, so that a single failure doesn't show as 0%. */
export function failureRate(pace: Pace | undefined): string {
  const { completed, failed } = pace === undefined ? { completed: 0, failed: 0 } : sumsOf(pace);
  return completed + failed === 0 ? "–" : `${Math.ceil((failed / (completed + failed)) * 1_000) / 10}%`;
}

export function sumsOf({ completed, failed }: Pace): { completed: number; failed: number } {
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  return { completed: sum(completed), failed: sum(failed) };
}
