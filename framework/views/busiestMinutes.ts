import type { Terminal } from "../cli/terminal";
import { shortTime } from "../host/hostClock";
import type { HostClock } from "../schedule/times/nextRuns";
import { wrapText } from "../text/wrapText";
import type { TimelineStart } from "./timeline";

const maxShown = 3;
const maxLines = 2;
/** The number of commands that must start together before the output says how to spread their starts. */
const crowd = 5;

/** Commands that start in the same minute, and the minutes in which they start. */
export interface Clash {
  names: readonly string[];
  times: string[];
}

/** The three largest sets of commands that start in the same minute, largest first. */
export function busiestMinutes(starts: readonly TimelineStart[]): Clash[] {
  const clashes = new Map<string, Clash>();
  for (const { at, names } of starts) {
    if (names.length < 2) continue;
    const clash = clashes.get(names.join()) ?? { names, times: [] };
    clash.times.push(at);
    clashes.set(names.join(), clash);
  }
  return [...clashes.values()].sort((a, b) => b.names.length - a.names.length).slice(0, maxShown);
}

export function busiestLines(
  busiest: readonly Clash[],
  { hostTimezone }: HostClock,
  { paint, width }: Terminal,
): string[] {
  const [first] = busiest;
  if (first === undefined) return ["  No two commands start in the same minute."];
  const digits = String(first.names.length).length;
  const indent = digits + "  00:00   at once   ".length;
  const lines = busiest.flatMap((clash) => {
    const time = shortTime(new Date(clash.times[0] as string), hostTimezone).slice(-5);
    const count = String(clash.names.length).padStart(digits);
    const [line, ...more] = namesText(clash, width - indent);
    return [
      `  ${time}  ${paint("yellow", `${count} at once`)}   ${line}`,
      ...more.map((rest) => " ".repeat(indent) + rest),
    ];
  });
  if (first.names.length < crowd) return lines;
  return [...lines, `  ${paint("dim", 'H spreads them: "H 2 * * *" gives each command its own minute.')}`];
}

/** As many of the names as fit on two lines. */
function namesText({ names, times }: Clash, room: number): string[] {
  const others = times.length - 1;
  const again = others === 0 ? "" : `; also at ${others === 1 ? "1 other time" : `${others} other times`}`;
  for (let shown = names.length; ; shown--) {
    const more = shown < names.length ? ` and ${names.length - shown} more` : "";
    const lines = wrapText(`${names.slice(0, shown).join(", ")}${more}${again}`, room);
    if (lines.length <= maxLines || shown === 1) return lines;
  }
}
