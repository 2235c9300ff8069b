import type { Terminal } from "../cli/terminal";
import { shortTime } from "../host/hostClock";
import type { HostClock } from "../schedule/times/nextRuns";
import { wrapText } from "../text/wrapText";
import type { TimelineStart } from "./timeline";

const mostShown = 3;
const mostLines = 2;
/** From so many on it is worth saying how to spread them. */
const crowd = 5;

/** Commands that start in the same minute, and when they do. */
export interface Together {
  names: readonly string[];
  times: string[];
}

/** The three largest sets of commands that start in one minute, the largest first. */
export function busiestMinutes(starts: readonly TimelineStart[]): Together[] {
  const sets = new Map<string, Together>();
  for (const { at, names } of starts) {
    if (names.length < 2) continue;
    const together = sets.get(names.join()) ?? { names, times: [] };
    together.times.push(at);
    sets.set(names.join(), together);
  }
  return [...sets.values()].sort((a, b) => b.names.length - a.names.length).slice(0, mostShown);
}

export function busiestLines(
  busiest: readonly Together[],
  { hostTimezone }: HostClock,
  { paint, width }: Terminal,
): string[] {
  const [first] = busiest;
  if (first === undefined) return ["  No two commands start in the same minute."];
  const digits = String(first.names.length).length;
  const indent = digits + "  00:00   at once   ".length;
  const lines = busiest.flatMap((together) => {
    const time = shortTime(new Date(together.times[0] as string), hostTimezone).slice(-5);
    const count = String(together.names.length).padStart(digits);
    const [line, ...more] = namesText(together, width - indent);
    return [
      `  ${time}  ${paint("yellow", `${count} at once`)}   ${line}`,
      ...more.map((rest) => " ".repeat(indent) + rest),
    ];
  });
  if (first.names.length < crowd) return lines;
  return [
    ...lines,
    `  ${paint("dim", 'H spreads them: "H 2 * * *" is a minute of its own for each command.')}`,
  ];
}

/** As many names as two lines hold. */
function namesText({ names, times }: Together, room: number): string[] {
  const others = times.length - 1;
  const again = others === 0 ? "" : `; also at ${others === 1 ? "1 other time" : `${others} other times`}`;
  for (let shown = names.length; ; shown--) {
    const more = shown < names.length ? ` and ${names.length - shown} more` : "";
    const lines = wrapText(`${names.slice(0, shown).join(", ")}${more}${again}`, room);
    if (lines.length <= mostLines || shown === 1) return lines;
  }
}
