import { shortTime } from "../../host/hostClock";
import { counted } from "../../text/counted";
import { busiestMinutes } from "../../views/busiestMinutes";
import type { TimelineHour } from "../../views/timeline";
import { notInstalledText } from "../../views/timelineText";
import { type Html, html, markup } from "../html";
import type { View } from "../view";

const height = 56;

/**
 * How many commands start in each of the coming hours, and which start at the same time. `notInstalled` is the number
 * of commands that have a schedule but no installed entry.
 */
export function hourStrip(hours: readonly TimelineHour[], notInstalled: number, view: View): Html {
  const counts = hours.map(({ starts }) => starts.reduce((sum, { names }) => sum + names.length, 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const busiest = busiestMinutes(hours.flatMap(({ starts }) => starts));
  const clashes = new Set(busiest.flatMap(({ times }) => times.slice(0, 1)));
  const hourOf = ({ hour }: TimelineHour) => shortTime(new Date(hour), view.clock.hostTimezone).slice(-5, -3);
  const step = 100 / Math.max(hours.length, 1);
  const most = Math.max(...counts, 1);
  const bars = hours.map((hour, index) => {
    const size = counts[index] === 0 ? 1 : Math.max(3, ((counts[index] as number) / most) * height);
    const clash = hour.starts.some(({ at }) => clashes.has(at)) ? ' class="clash"' : "";
    const title = `${hourOf(hour)}:00: ${startsText(counts[index] as number)}${atOnce(hour)}`;
    const x = (index * step).toFixed(2);
    return `<rect${clash} x="${x}%" y="${(height - size).toFixed(1)}" width="${(step * 0.84).toFixed(2)}%" height="${size.toFixed(1)}" rx="2"><title>${title}</title></rect>
<text x="${(index * step + step * 0.42).toFixed(2)}%" y="${height + 15}"${index % 2 === 1 ? ' class="roomy"' : ""}>${hourOf(hour)}</text>`;
  });
  return html`<svg class="hours" height="${height + 20}" role="img" aria-label="${startsText(total)} in the next 24 hours">${markup(bars.join(""))}</svg>
<p class="dim small">${total === 0 ? "Nothing is due." : busiestText(busiest, view)}${notInstalled === 0 ? "" : html`<br>${notInstalledText(notInstalled)}`}</p>`;
}

function busiestText(busiest: ReturnType<typeof busiestMinutes>, { clock }: View): string {
  const [first] = busiest;
  if (first === undefined) return "No two commands start in the same minute.";
  const time = shortTime(new Date(first.times[0] as string), clock.hostTimezone).slice(-5);
  const named = first.names.slice(0, 3).join(", ");
  const more = first.names.length > 3 ? ` and ${first.names.length - 3} more` : "";
  return `Busiest: ${time}, ${first.names.length} at once (${named}${more})`;
}

function startsText(count: number): string {
  return count === 1 ? "1 start" : `${counted(count)} starts`;
}

function atOnce({ starts }: TimelineHour): string {
  const most = Math.max(0, ...starts.map(({ names }) => names.length));
  return most < 2 ? "" : `, ${most} at once`;
}
